import { z } from 'zod';
import { auditRecords } from '../../db/schema';
import { instant } from '../rest/schema';

const text = z.string().nullable();
const state = z.unknown().meta({ description: 'What of the object was changed; null when nothing was noted.' });

/** What is shown of a record. The seals stay inside: they are checked where they are kept. */
const auditRecord = z
  .object({
    sequence: z.number().int().meta({ description: 'From 1, without a gap.' }),
    id: z.string().meta({ format: 'uuid' }),
    at: instant,
    actorKind: z.enum(auditRecords.actorKind.enumValues).meta({ description: 'A token of `POST /login` is its person; `agent` is a machine, `system` the server itself.' }),
    actorId: text,
    actorLabel: text.meta({ examples: ['admin@example.com'] }),
    action: z.string().meta({ examples: ['host.approve'] }),
    objectKind: text,
    objectId: text,
    objectLabel: text,
    address: text,
    requestId: text,
    outcome: z.enum(auditRecords.outcome.enumValues),
    code: text.meta({ description: 'Why it was not done.' }),
    before: state,
    after: state,
  })
  .meta({ id: 'AuditRecord' });

export const auditRecordPage = z.object({
  records: z.array(auditRecord),
  nextCursor: z.string().nullable().meta({ description: 'The `cursor` of the next page; null on the last.' }),
  unsealed: z.number().int().meta({ description: 'Records that wait to be sealed and are not among these. More than none for long means that somebody else writes into the database or holds a lock there.' }),
});
