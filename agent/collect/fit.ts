/**
 * What a machine says about itself may be longer, larger or stranger than the wire allows. These make it fit, so that
 * one odd disk label cannot lose a whole heartbeat.
 */

// eslint-disable-next-line no-control-regex -- control characters are what it is for
const CONTROLS = /[\u0000-\u001f\u007f]+/g;

/**
 * At most `max` UTF-16 units, without control characters (PostgreSQL refuses NUL) and without halves of surrogate
 * pairs.
 */
export function fitText(value: unknown, max: number): string {
  const text = typeof value === 'string' ? value : '';
  const clipped = text.replace(CONTROLS, ' ').trim().slice(0, max);
  // The round trip turns a lone surrogate into U+FFFD, which has the same length.
  return Buffer.from(clipped, 'utf8').toString('utf8').trim();
}

/** A whole number from 0 to the largest that JSON carries exactly; 0 for anything that is not a number. */
export function fitCount(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) return 0;
  return Math.round(Math.min(Math.max(number, 0), Number.MAX_SAFE_INTEGER));
}

/** Percent from 0 to 100, or null for anything that is not a number. */
export function fitPercent(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : Math.min(Math.max(value, 0), 100);
}

/** A number from 0 on, or null for anything that is not a finite number. */
export function fitAmount(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(value, 0) : null;
}
