import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { stringify } from 'yaml';
import type { Configuration } from '../../../agent/configuration/schema';
import type { Transaction } from '../../../db/client';
import { configurationLayers, configurationVersions, fleets, hosts } from '../../../db/schema';
import type { AuditAction } from '../../audit/actions';
import { recordAudits } from '../../audit/record-audit';
import { AppError } from '../../errors';
import { fleetObject } from '../../fleets/fleet-object';
import { hostObject } from '../../hosts/host-object';
import { logAct } from '../../log';
import { textLike } from '../../rest/schema';
import { storableText } from '../../storable-text';
import type { SignedIn } from '../../trpc';
import { auditedValues } from '../audited-values';
import { demandAgreement } from './demand-agreement';
import { findUnvouched, unvouched } from './find-unvouched';
import { etagOf, type LayerOf, layerName } from './layer-name';
import { demandNone } from '../read-document';
import { sealText } from '../secrets';
import { wakeHosts } from '../wake-hosts';

/** As much as a request may hold, with room for its other parts. */
export const MAX_TEXT = 32 * 1024;

/** A document as it comes: YAML with its comments, or what it says as JSON. */
export const documentInput = z
  .union([storableText(MAX_TEXT), z.record(z.string().max(100), z.unknown())])
  .meta({
    description: 'YAML, whose comments are kept, or an object. Keys: `GET /configuration/schema`.',
    examples: [{ log: { level: 'debug' } }],
  });

export const layerChange = z.object({
  document: documentInput,
  message: storableText(500)
    .default('')
    .meta({ description: 'Why.', examples: ['Find the slow disk'] }),
  etag: z
    .string()
    .max(100)
    .optional()
    .meta({
      description: 'What `If-Match` says, for who cannot send it. One of the two is needed.',
      examples: ['"4"'],
    }),
});

export const savedLayer = z.object({
  version: z
    .number()
    .int()
    .meta({ examples: [4] }),
  etag: textLike('"4"').meta({ description: 'In the header `ETag` too.' }),
  unvouched,
});

/**
 * Makes a document the newest version of a layer and tells its hosts. `etag` is the version that its author has seen.
 * Throws `configuration.invalid` with places, `configuration.version_needed`, `configuration.changed_meanwhile`,
 * `configuration.fleets_disagree`, `host.not_found`, `fleet.not_found`.
 * @returns the new version
 */
export async function saveLayer(
  ctx: SignedIn,
  of: LayerOf,
  { document, message, etag = ctx.ifMatch ?? undefined }: z.infer<typeof layerChange>,
): Promise<z.infer<typeof savedLayer>> {
  const { text, says } = keptOf(ctx, of, textOf(document));
  if (etag === undefined) throw new AppError('configuration.version_needed');
  const version = await ctx.db.transaction(async (tx) => {
    const before = await lockLayer(tx, of);
    if (etag !== '*' && etag !== etagOf(before.version)) throw new AppError('configuration.changed_meanwhile');
    // What all are told counts least, and is none of the fleets' matter.
    if (of !== 'all') await demandAgreement(tx, ctx, { of, says });
    return writeVersion(tx, ctx, of, { before, text, says, message });
  });
  const layer = layerName(of);
  logAct(ctx, { layer, version }, 'configuration saved');
  await wakeHosts(ctx, of);
  ctx.setETag?.(etagOf(version));
  return { version, etag: etagOf(version), unvouched: await findUnvouched(ctx, says) };
}

/** What somebody wrote, as it is kept: secrets sealed. Throws `configuration.invalid` with places. */
export function keptOf(ctx: SignedIn, of: LayerOf, written: string): { text: string; says: Configuration } {
  const { text, document, issues } = sealText(ctx, layerName(of), written);
  demandNone(issues);
  return { text, says: document };
}

interface Present {
  version: number;
  document: Configuration;
}

/** The layer as it is until the transaction ends; it is made, empty, when nobody has written it. */
export async function lockLayer(tx: Transaction, of: LayerOf): Promise<Present> {
  const layer = layerName(of);
  if (of !== 'all') {
    const [owner] =
      'hostId' in of
        ? await tx.select({ id: hosts.id }).from(hosts).where(eq(hosts.id, of.hostId)).for('share')
        : await tx.select({ id: fleets.id }).from(fleets).where(eq(fleets.id, of.fleetId)).for('share');
    if (!owner) throw new AppError('hostId' in of ? 'host.not_found' : 'fleet.not_found');
  }
  await tx
    .insert(configurationLayers)
    .values({ layer, ...(of !== 'all' && of), version: 0, document: {} })
    .onConflictDoNothing();
  const [present] = await tx
    .select()
    .from(configurationLayers)
    .where(eq(configurationLayers.layer, layer))
    .for('update');
  return { version: present!.version, document: present!.document };
}

interface Change {
  before: Present;
  text: string;
  says: Configuration;
  message: string;
  /** What it is, where that is no saving. */
  action?: AuditAction;
}

/** Within the transaction that has locked the layer. */
export async function writeVersion(
  tx: Transaction,
  ctx: SignedIn,
  of: LayerOf,
  { before, text, says, message, action = ACTIONS[kindOf(of)] }: Change,
): Promise<number> {
  const layer = layerName(of);
  const version = before.version + 1;
  const { user } = ctx.session;
  await tx.update(configurationLayers).set({ version, document: says }).where(eq(configurationLayers.layer, layer));
  await tx
    .insert(configurationVersions)
    .values({ layer, version, text, message, author: user.email, authorId: user.id });
  const object = await objectOf(tx, of);
  const parts = auditedValues(before.document, says);
  await recordAudits(
    tx,
    ctx,
    parts.map((values, at) => ({
      action,
      object,
      before: { version: before.version, values: values.before },
      after: {
        version,
        ...(at === 0 && { message }),
        ...(parts.length > 1 && { part: at + 1, parts: parts.length }),
        values: values.after,
      },
    })),
  );
  return version;
}

const ACTIONS = {
  all: 'configuration.saveGlobal',
  fleet: 'configuration.saveFleet',
  host: 'configuration.saveHost',
} as const;

const kindOf = (of: LayerOf) => (of === 'all' ? 'all' : 'hostId' in of ? 'host' : 'fleet');

async function objectOf(tx: Transaction, of: LayerOf) {
  if (of === 'all') return { kind: 'configuration', id: layerName(of), label: layerName(of) };
  if ('fleetId' in of) {
    const [fleet] = await tx.select({ id: fleets.id, name: fleets.name }).from(fleets).where(eq(fleets.id, of.fleetId));
    return fleetObject(fleet!);
  }
  const [host] = await tx.select({ id: hosts.id, fqdn: hosts.fqdn }).from(hosts).where(eq(hosts.id, of.hostId));
  return hostObject(host!);
}

/** As somebody wrote it last; empty while nobody has. Of a layer that is locked. */
export async function newestText(tx: Transaction, of: LayerOf): Promise<string> {
  const [newest] = await tx
    .select({ text: configurationVersions.text })
    .from(configurationVersions)
    .where(eq(configurationVersions.layer, layerName(of)))
    .orderBy(desc(configurationVersions.version))
    .limit(1);
  return newest?.text ?? '';
}

/** As it is kept. An object is written as YAML, so that people can go on with it. */
export const textOf = (document: z.infer<typeof documentInput>) =>
  (typeof document === 'string' ? document : Object.keys(document).length === 0 ? '' : stringify(document)).replaceAll(
    '\r\n',
    '\n',
  );
