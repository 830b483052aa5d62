import { z } from 'zod';

/** An answer without a body. */
export const nothing = z.void();

/** ISO 8601, UTC. Checked by its type: whatever we hold is one already. */
export const instant = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

/** Text of an answer, and what it looks like. */
export const textLike = (example: string) => z.string().meta({ examples: [example] });

/** What an agent says for people, of which a sentence is made; `server/kept-words.ts`. */
export const agentWords = z
  .object({ key: textLike('agent.run.no_program'), values: z.record(z.string(), z.unknown()) })
  .nullable()
  .meta({
    description: 'Of which that is made, to be said in another language; null where it is text of the machine’s own.',
    examples: [{ key: 'agent.run.no_program', values: { file: 'zsh' } }],
  });

/** Where the next page of a list goes on from, as the document shows it. */
export const CURSOR_EXAMPLE = 'WyJ3ZWItMDEiXQ';

/** Of an answer that is one page of a list. */
export const nextCursor = textLike(CURSOR_EXAMPLE)
  .nullable()
  .meta({ description: 'The `cursor` of the next page; null on the last.' });

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
