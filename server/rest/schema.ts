import { z } from 'zod';

/** An answer without a body. */
export const nothing = z.void();

/** ISO 8601, UTC. Checked by its type: whatever we hold is one already. */
export const instant = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

/**
 * A number or a truth value that comes as text in an address and as itself in JSON. Not zod's coercion, which takes
 * `false` for true and nothing for 0.
 */
export const fromText = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(readText, schema);

function readText(value: unknown): unknown {
  if (value === 'true') return true;
  if (value === 'false') return false;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
