import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Configuration, type Leaf, leavesOf } from '../../../agent/configuration/schema';
import type { SignedIn } from '../../trpc';
import { compareHosts, type Comparison } from '../compare-hosts';
import { editText } from '../edit-text';
import { findLayer } from './find-layer';
import { findUnvouched } from './find-unvouched';
import { type LayerOf, layerName } from './layer-name';
import { type Issue, readDocument } from '../read-document';
import { MAX_TEXT } from './save-layer';
import { sealText } from '../secrets';

/** A text, and keys of it that are to be set, or taken out by null: what somebody chose beside it. */
export const previewed = z.object({
  text: z.string().max(MAX_TEXT),
  set: z.record(z.string().max(100), z.union([z.string(), z.number(), z.array(z.string())]).nullable()).default({}),
});

/** One key that would be another. Null: nothing sets it. */
interface KeyChange {
  key: string;
  before: Leaf | null;
  after: Leaf | null;
}

interface Preview {
  /** With what was to be set; as it came when it has issues. */
  text: string;
  /** What the text says; nothing while it has issues. */
  document: Record<string, unknown>;
  issues: (Omit<Issue, 'said'> & { message: string })[];
  changes: KeyChange[];
  hosts: Pick<Comparison, 'of' | 'changed' | 'names'>;
  /** It would be saved all the same: somebody may be about to give the server another certificate. */
  unvouched: string[];
  /** For these it would be refused. */
  conflicts: Comparison['conflicts'];
}

/** What saving this text would change, and on which hosts. Changes nothing. */
export async function previewLayer(
  ctx: SignedIn,
  of: LayerOf,
  { text: came, set }: z.infer<typeof previewed>,
): Promise<Preview> {
  const isReadable = readDocument(came).issues.every(({ path }) => path !== '');
  const edited = isReadable ? editText(came, Object.entries(set)) : came;
  // Whoever has just typed a secret is not shown it again either.
  const { text, document, issues } = sealText(ctx, layerName(of), edited);
  const present = (await findLayer({ ...ctx, setETag: null }, of)).document as Configuration;
  const says = issues.length > 0 ? present : document;
  const { conflicts, ...hosts } = await compareHosts(ctx.db, { of, says, asker: ctx });
  return {
    text,
    document: issues.length > 0 ? {} : document,
    issues: issues.map(({ said, ...issue }) => ({ ...issue, message: ctx.say(said) })),
    changes: compare(present, says),
    hosts,
    unvouched: await findUnvouched(ctx, says),
    conflicts,
  };
}

function compare(before: Configuration, after: Configuration): KeyChange[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((key) => ({ key, before: was.get(key) ?? null, after: is.get(key) ?? null }))
    .filter(({ before, after }) => !isDeepStrictEqual(before, after));
}
