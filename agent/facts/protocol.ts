import { z } from 'zod';
import { text } from '../wire-text';

/** What a machine tells of itself beside `hello`, when it changes. One it cannot tell of is absent. */
export const FACT_SECTIONS = [
  'system',
  'hardware',
  'network',
  'storage',
  'users',
  'packages',
  'services',
  'reboot',
] as const;
export const factSection = z.enum(FACT_SECTIONS);
export type FactSection = z.infer<typeof factSection>;

/** SHA-256 of `factsText`, base64url without padding. */
const factHash = z.string().regex(/^[\w-]{43}$/);

/** The facts of a section by name, flat: `eth0.mac`, or of `packages` the name, and its version as the value. */
export const facts = z.record(text(300), z.union([text(1000), z.number(), z.boolean()]));
export type Facts = z.infer<typeof facts>;

/** Most facts in a section, and most bytes of its JSON. 20,000 packages are about 700 kB. */
export const MOST_FACTS = 20_000;
export const MAX_FACTS_BYTES = 2 * 1024 * 1024;

/**
 * What is hashed of a section, or of the hashes of all: JSON of its pairs, sorted by name in the order of UTF-16 units.
 */
export function factsText(facts: Readonly<Record<string, string | number | boolean>>): string {
  return JSON.stringify(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The hash of every section that a machine has. The answer names those that the server lacks. */
export const factHashes = z.object({ hashes: z.partialRecord(factSection, factHash) });

/** One section as it is now: JSON of `facts`, gzip (RFC 1952), base64. */
export const factReport = z.object({ section: factSection, hash: factHash, content: z.base64().max(240 * 1024) });
