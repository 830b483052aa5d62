import { createHmac, timingSafeEqual } from 'node:crypto';

/** Long enough for an agent to wait on one challenge for a while, short enough that a recorded proof dies. */
const LIFETIME_MS = 60 * 60 * 1000;

/**
 * Challenges that a waiting agent signs to prove it holds the registered key. Nothing is stored: the challenge carries
 * its own proof of origin.
 */
export interface Challenges {
  issue(enrolmentId: string, now?: number): string;
  check(enrolmentId: string, challenge: string, now?: number): 'ok' | 'expired' | 'invalid';
}

/** @param secret any process that is to accept the challenges must have the same */
export function createChallenges(secret: string): Challenges {
  const key = createHmac('sha256', secret).update('sysmanage enrolment challenge v1').digest();
  const sign = (enrolmentId: string, expires: string) =>
    createHmac('sha256', key).update(`${enrolmentId}\n${expires}`).digest('base64url');
  return {
    issue(enrolmentId, now = Date.now()) {
      const expires = String(now + LIFETIME_MS);
      return `${expires}.${sign(enrolmentId, expires)}`;
    },
    check(enrolmentId, challenge, now = Date.now()) {
      const [expires = '', signature = ''] = challenge.split('.');
      const expected = Buffer.from(sign(enrolmentId, expires));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid';
      return Number(expires) > now ? 'ok' : 'expired';
    },
  };
}
