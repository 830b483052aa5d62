const DAY_MS = 24 * 60 * 60 * 1000;

/** Days left at which a certificate that somebody has to renew is spoken of, whatever its life. */
const WARN_DAYS = 30;

/** A CA's successor has to reach every agent first, also those that are off. */
const WARN_DAYS_AUTHORITY = 180;

/** Of its life. What renews itself does so with a third left; a quarter means that it should have, and did not. */
const WARN_SHARE = 1 / 4;

export interface Life {
  notBefore: Date;
  notAfter: Date;
}

/**
 * From when on a certificate's end is somebody's business: 30 days before it, a CA's 180. Of a life under 120 days it
 * is the last quarter: a certificate of 47 days would else be spoken of for most of its life, and nobody would listen.
 */
export function warnFrom({ notBefore, notAfter }: Life, { isAuthority = false } = {}): Date {
  const days = isAuthority ? WARN_DAYS_AUTHORITY : WARN_DAYS;
  const share = (notAfter.getTime() - notBefore.getTime()) * WARN_SHARE;
  return new Date(notAfter.getTime() - Math.min(days * DAY_MS, share));
}

/**
 * The most that `warnFrom` of any agent's certificate lies before its end, in milliseconds: what an index is asked for.
 */
export const LONGEST_WARNING_MS = WARN_DAYS * DAY_MS;

/** `ended` is past its last second (RFC 5280, 4.1.2.5: both ends count). */
export function stageOf(life: Life, now: Date, options?: { isAuthority?: boolean }): 'good' | 'nearing' | 'ended' {
  if (now > life.notAfter) return 'ended';
  return now >= warnFrom(life, options) ? 'nearing' : 'good';
}

export type Stage = ReturnType<typeof stageOf>;
