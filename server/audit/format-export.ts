import { formatsOf } from '../list/export';
import type { listRecords } from './list-records';

type ListedRecord = Awaited<ReturnType<typeof listRecords>>['records'][number];

export const FORMATS = formatsOf<ListedRecord>([
  'sequence',
  'at',
  'actorKind',
  'actorId',
  'actorLabel',
  'action',
  'objectKind',
  'objectId',
  'objectLabel',
  'address',
  'requestId',
  'outcome',
  'code',
  'before',
  'after',
  'id',
]);
