const SECOND_MS = 1000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/**
 * How long before its making a certificate begins to count. A server's clock may be a day fast and an agent's a day
 * slow: with less, the agent would refuse the server that it is about to enrol with.
 */
const BACKDATE_MS = 2 * DAY_MS;

type Dates = ReturnType<typeof validity>;

/**
 * When a certificate of ours is to be renewed: from two thirds of its life on, and within the next twelfth, so that a
 * fleet that was enrolled in one hour does not renew in one minute. Its life began when it was made: counted from
 * `notBefore`, a certificate of one day would be due at once.
 */
export function renewalWindow({ notBefore, notAfter }: Dates): { from: Date; to: Date } {
  const made = notBefore.getTime() + BACKDATE_MS;
  const life = notAfter.getTime() - made;
  return { from: new Date(made + (life * 2) / 3), to: new Date(made + (life * 3) / 4) };
}

/** In whole seconds, as certificates count (RFC 5280, 4.1.2.5). Both ends are inclusive. */
export function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  const second = Math.floor(now.getTime() / SECOND_MS) * SECOND_MS;
  return { notBefore: new Date(second - BACKDATE_MS), notAfter: new Date(second + days * DAY_MS) };
}
