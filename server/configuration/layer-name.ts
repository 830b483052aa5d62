import type { Database, Transaction } from '../../db/client';
import { AppError } from '../errors';
import { isKnown } from '../hosts/find-hosts';

/** Of whom a layer is: of all hosts, or of one. */
export type LayerOf = { hostId: string } | 'all';

export const GLOBAL = 'global';

export const layerName = (of: LayerOf): string => (of === 'all' ? GLOBAL : `host/${of.hostId}`);

/** From the one that counts least: a host's own word is last. */
export const layersOfHost = (hostId: string): string[] => [GLOBAL, layerName({ hostId })];

/** Throws `host.not_found` of a layer that no host is there for. */
export async function demandOwner(db: Database | Transaction, of: LayerOf): Promise<void> {
  if (of !== 'all' && !(await isKnown(db, of.hostId))) throw new AppError('host.not_found');
}

/** Of a version; of a layer that nobody has written, 0. RFC 9110, 8.8.3. */
export const etagOf = (version: number) => `"${version}"`;
