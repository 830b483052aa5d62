import { z } from 'zod';
import english from '../words/en.json' with { type: 'json' };
import { inEnglish } from '../words/say';
import type { Said, Words } from '../words/words';
import { text } from './wire-text';

/** Sentences within sentences: the server was not reached, because of each address, because of what it answered. */
const DEPTH = 4;

const leaf = z.union([text(1000), z.number()]);
const wordsWith = (value: z.ZodType) =>
  z.object({
    key: z.string().regex(/^(agent|common)\.[a-z_.]{1,80}$/),
    values: z.record(z.string().regex(/^[a-z]{1,30}$/), value),
  });

let value: z.ZodType = leaf;
for (let depth = 0; depth < DEPTH; depth++) value = z.union([leaf, wordsWith(value), z.array(value).max(20)]);

/**
 * A sentence of an agent, as its key and what goes into it, for whoever reads it to be told in their language. Beside
 * it goes the English one, for servers before 2026-11-30 and for what a server has no words for.
 */
export const wireWords = wordsWith(value) as unknown as z.ZodType<Words>;

/** The same where it is said: what has no words (what the system said) goes as it is. */
export const onWire = (said: Said): { english: string; said?: Words } => ({
  english: inEnglish(said),
  ...(typeof said === 'object' && 'key' in said && { said }),
});

/** Whether there are words here for all of it. A newer agent may have others. */
export function isKnown(said: Said | number): boolean {
  if (typeof said !== 'object') return true;
  if (!('key' in said)) return said.every(isKnown);
  const { key, values } = said;
  return (
    (Object.hasOwn(english, key) || Object.hasOwn(english, `${key}_other`)) && Object.values(values).every(isKnown)
  );
}
