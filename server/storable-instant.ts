import { z } from 'zod';

/**
 * JavaScript writes a year of five digits as PostgreSQL does not read it: an offset may make one of the last day of
 * 9999.
 */
const LAST_DAY = Date.UTC(9999, 11, 31);

/**
 * An instant that a caller names, ISO 8601 with any offset, and that the database can be asked about: not before 1970.
 */
export const storableInstant = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) <= LAST_DAY);
