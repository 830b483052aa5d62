import { and, eq, isNotNull } from 'drizzle-orm';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Configuration, type Leaf, leavesOf } from '../../agent/configuration/schema';
import { configurationLayers, hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { editText } from './edit-text';
import { findGlobal } from './find-wanted';
import { findLayer } from './find-layer';
import { type LayerOf } from './layer-name';
import { type Issue, readDocument } from './read-document';
import { MAX_TEXT } from './save-layer';

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
  issues: Issue[];
  changes: KeyChange[];
  /** How many approved hosts would be told something else, and how many there are. */
  hosts: { changed: number; of: number };
}

/** What saving this text would change, and on how many hosts. Changes nothing. */
export async function previewLayer(
  ctx: SignedIn,
  of: LayerOf,
  { text: came, set }: z.infer<typeof previewed>,
): Promise<Preview> {
  const isReadable = readDocument(came).issues.every(({ path }) => path !== '');
  const text = isReadable ? editText(came, Object.entries(set)) : came;
  const { document, issues } = readDocument(text);
  const counted = { changed: 0, of: of === 'all' ? await countApproved(ctx) : 1 };
  if (issues.length > 0) return { text, document: {}, issues, changes: [], hosts: counted };
  const present = (await findLayer({ ...ctx, setETag: null }, of)).document as Configuration;
  const plain = document as Record<string, unknown>;
  const changes = compare(present, document);
  const keys = changes.map(({ key }) => key);
  if (keys.length === 0) return { text, document: plain, issues, changes, hosts: counted };
  if (of === 'all')
    return {
      text,
      document: plain,
      issues,
      changes,
      hosts: { ...counted, changed: counted.of - (await countDeaf(ctx, keys)) },
    };
  // What all hosts are told may be the same already.
  const global = leavesOf(await findGlobal(ctx.db));
  const [before, after] = [leavesOf(present), leavesOf(document)];
  const isOther = (key: string) =>
    !isDeepStrictEqual(before.get(key) ?? global.get(key), after.get(key) ?? global.get(key));
  return { text, document: plain, issues, changes, hosts: { changed: keys.some(isOther) ? 1 : 0, of: 1 } };
}

function compare(before: Configuration, after: Configuration): KeyChange[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((key) => ({ key, before: was.get(key) ?? null, after: is.get(key) ?? null }))
    .filter(({ before, after }) => !isDeepStrictEqual(before, after));
}

const countApproved = (ctx: SignedIn) => ctx.db.$count(hosts, and(visibleHosts(ctx), eq(hosts.approval, 'approved')));

/** Hosts whose own layer has the last word about each of these keys. */
async function countDeaf(ctx: SignedIn, keys: string[]): Promise<number> {
  const own = await ctx.db
    .select({ document: configurationLayers.document })
    .from(configurationLayers)
    .innerJoin(hosts, eq(hosts.id, configurationLayers.hostId))
    .where(and(visibleHosts(ctx), eq(hosts.approval, 'approved'), isNotNull(configurationLayers.hostId)));
  return own.filter(({ document }) => {
    const leaves = leavesOf(document);
    return keys.every((key) => leaves.has(key));
  }).length;
}
