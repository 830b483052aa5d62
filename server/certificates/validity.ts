const SECOND_MS = 1000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/**
 * How long before its making a certificate begins to count. A server's clock may be a day fast and an agent's a day
 * slow: with less, the agent would refuse the server that it is about to enrol with.
 */
const BACKDATE_MS = 2 * DAY_MS;

/** In whole seconds, as certificates count (RFC 5280, 4.1.2.5). Both ends are inclusive. */
export function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  const second = Math.floor(now.getTime() / SECOND_MS) * SECOND_MS;
  return { notBefore: new Date(second - BACKDATE_MS), notAfter: new Date(second + days * DAY_MS) };
}
