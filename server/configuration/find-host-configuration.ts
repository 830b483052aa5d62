import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Configuration, documentOf, type Leaf, leavesOf, withoutSecrets } from '../../agent/configuration/schema';
import { CONFIGURATION_STATUSES, isConfigurationKey } from '../../agent/protocol';
import { readWords } from '../kept-words';
import { agentWords, instant, textLike } from '../rest/schema';
import type { Context } from '../context';
import { AppError } from '../errors';
import { errorWords } from '../rest/say-error';
import type { Services } from '../services';
import { findWanted, type WantedOfHost } from './find-wanted';
import { demandOwner } from './demand-owner';
import { openDocument } from './secrets';

const document = z.record(z.string(), z.unknown()).meta({ examples: [{ log: { level: 'debug' } }] });
const hash = textLike('4b'.repeat(32)).meta({ description: 'SHA-256 of the document as JSON, hex.' });

const leaf = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).meta({ examples: ['debug'] });

/** The three documents of a host: what it is to be, what it was given, and what it says that it is. */
export const hostConfiguration = z
  .object({
    wanted: z.object({ hash, document }),
    offered: z
      .object({ hash, document, at: instant })
      .nullable()
      .meta({ description: 'The last one that it fetched; null when it never has.' }),
    inForce: z
      .object({ hash: hash.nullable(), document, reportedAt: instant })
      .nullable()
      .meta({ description: 'By its own word, with what its owner decided on the machine; null until it has said so.' }),
    status: z
      .enum(CONFIGURATION_STATUSES)
      .nullable()
      .meta({ description: 'Of the document that is wanted; null while nobody has wanted anything of it.' }),
    message: textLike('the server was not reached within 60 s').meta({ description: 'Why, in English.' }),
    said: agentWords,
    sources: z
      .record(z.string(), z.string())
      .meta({ description: 'The layer that each wanted key is from.', examples: [{ 'log.level': 'global' }] }),
    conflicts: z
      .array(z.object({ key: textLike('log.level'), layers: z.array(textLike('fleet/…')) }))
      .meta({
        description:
          'What its fleets disagree on. It keeps what it has until they are ordered: `PUT /configuration/order`.',
      }),
    drift: z
      .array(
        z.object({
          key: textLike('log.level'),
          wanted: leaf,
          local: leaf,
          since: instant.meta({ description: 'When it first said so.' }),
          isPutBack: z.boolean().meta({ description: 'Its agent is asked to take it out.' }),
        }),
      )
      .meta({
        description:
          'What agent.yaml on the machine sets otherwise, and its owner has not locked. It counts until it is put back.',
      }),
    locked: z
      .array(textLike('server.addresses'))
      .meta({ description: 'Keys that the machine’s owner has decided on; they are not taken from here.' }),
  })
  .meta({ id: 'HostConfiguration' });
export type HostConfiguration = z.infer<typeof hostConfiguration>;

type Needs = Pick<Services, 'configurationSeal'>;

/** As people are shown it. */
export function describeWanted(needs: Needs, wanted: WantedOfHost): HostConfiguration {
  const { row } = wanted;
  return {
    wanted: { hash: wanted.hash, document: plain(wanted.document) },
    offered: row?.offeredAt
      ? { hash: row.offeredHash!, document: plain(row.offered as Configuration), at: row.offeredAt.toISOString() }
      : null,
    inForce: row?.reportedAt
      ? { hash: row.inForceHash, document: plain(reportedOf(row)), reportedAt: row.reportedAt.toISOString() }
      : null,
    ...statusOf(needs, wanted),
    sources: wanted.sources,
    drift: driftOf(wanted),
    conflicts: wanted.conflicts,
    locked: row?.locked ?? [],
  };
}

/** Rows of before reports were judged by their keys may have any. */
const reportedOf = ({ inForce }: NonNullable<WantedOfHost['row']>) =>
  documentOf(new Map(Object.entries(inForce ?? {}).filter(([key]) => isConfigurationKey(key)) as [string, Leaf][]));

const plain = (document: Configuration) => withoutSecrets(document) as Record<string, unknown>;

/** The same, and where a page's live stream goes on from. Throws `host.not_found`. */
export async function showHostConfiguration(
  ctx: Context,
  hostId: string,
): Promise<HostConfiguration & { feed: string }> {
  const feed = ctx.hub.cursor();
  await demandOwner(ctx.db, { hostId });
  return { feed, ...describeWanted(ctx, await findWanted(ctx.db, hostId)) };
}

/** What a host last said may be of a document that nobody wants any more. */
function statusOf(
  needs: Needs,
  { hash: wanted, document, sources, isAsked, conflicts, row }: WantedOfHost,
): Pick<HostConfiguration, 'status' | 'message' | 'said'> {
  const of = (status: HostConfiguration['status'], kept = '') => {
    const { text: message, said } = readWords(kept);
    return { status, message, said };
  };
  if (!isAsked) return of(null);
  if (conflicts.length > 0) return of('waiting');
  if (row?.reportedAt && row.inForceHash === wanted) {
    // It has it in force, and reaches us otherwise.
    return of('applied', row.status === 'applied' && row.statusOf === wanted ? row.message : '');
  }
  const why = whyNotGiven(needs, document, sources);
  if (why !== null) return of('failed', why);
  // One that says that it was applied and has it no more, as after damage to its file, is about to fetch it again.
  if (row?.status && row.status !== 'applied' && row.statusOf === wanted) return of(row.status, row.message);
  return of('waiting');
}

/** What this server itself fails at. In English, as what hosts say. */
function whyNotGiven(...asked: Parameters<typeof openDocument>): string | null {
  try {
    openDocument(...asked);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return errorWords.say(error.appCode, 'en', null);
  }
}

/** Not what the owner of the machine has locked, and not what is set there and nobody wants otherwise. */
export function driftOf({ document, row }: WantedOfHost): HostConfiguration['drift'] {
  const wanted = leavesOf(document);
  return Object.entries(row?.local ?? {}).flatMap(([key, { value, since }]) => {
    const word = wanted.get(key);
    if (word === undefined || row!.locked.includes(key) || isDeepStrictEqual(word, value)) return [];
    const isPutBack = row!.putBack.includes(key);
    return [{ key, wanted: word as typeof value, local: value, since: new Date(since).toISOString(), isPutBack }];
  });
}
