import { createHmac } from 'node:crypto';
import type { auditPending, auditRecords } from '../../db/schema';
import { deriveKey } from '../process/derive-key';
import { canonicalJson } from './canonical-json';

export type PendingRecord = typeof auditPending.$inferSelect;
export type SealedRecord = Omit<typeof auditRecords.$inferSelect, 'search'>;

/** What a record says, without its place and its seals. */
export type RecordContent = Omit<PendingRecord, 'mac'>;

/** What the first record follows. */
export const BEGINNING = { sequence: 0, mac: '0'.repeat(64) };

export interface Seals {
  /** Of a record by itself, hex. */
  ofPending(record: RecordContent): string;
  /** Of what will be said of a count of refused attempts, hex. */
  ofCounted(record: RecordContent): string;
  /** Of a record in its place, hex: of all it says, its number, and the seal of the record before. */
  ofSealed(record: RecordContent, sequence: number, previousMac: string): string;
}

/** HMAC-SHA256 under keys of their own. */
export function createSeals(secret: string): Seals {
  const pendingKey = deriveKey(secret, 'sysmanage audit pending 1');
  const countedKey = deriveKey(secret, 'sysmanage audit counted 1');
  const chainKey = deriveKey(secret, 'sysmanage audit chain 1');
  return {
    ofPending: (record) => mac(pendingKey, contentOf(record)),
    ofCounted: (record) => mac(countedKey, contentOf(record)),
    ofSealed: (record, sequence, previousMac) => mac(chainKey, [sequence, previousMac, ...contentOf(record)]),
  };
}

const mac = (key: Buffer, fields: unknown[]) => createHmac('sha256', key).update(canonicalJson(fields)).digest('hex');

/**
 * In a fixed order. A field that is added later goes to the end, and only when it is set: old seals must still hold.
 */
const contentOf = (record: RecordContent): unknown[] => [
  record.id,
  record.at.toISOString(),
  record.actorKind,
  record.actorId,
  record.actorLabel,
  record.action,
  record.objectKind,
  record.objectId,
  record.objectLabel,
  record.address,
  record.requestId,
  record.outcome,
  record.code,
  record.before ?? null,
  record.after ?? null,
];
