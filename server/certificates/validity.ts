const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * How long before its making a certificate begins to count. A server's clock may be a day fast and an agent's a day
 * slow: with less, the agent would refuse the server that it is about to enrol with.
 */
const BACKDATE_MS = 2 * DAY_MS;

/** Certificates count in whole seconds (RFC 5280, 4.1.2.5), and both ends are inclusive. */
export function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - BACKDATE_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}
