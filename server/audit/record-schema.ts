import { z } from 'zod';
import { auditRecords } from '../../db/schema';
import { instant, nextCursor, textLike } from '../rest/schema';

const like = (example: string) => textLike(example).nullable();
const state = (example: object) =>
  z
    .unknown()
    .meta({ description: 'What of the object was changed; null when nothing was noted.', examples: [example] });

/** What is shown of a record. The seals stay inside: they are checked where they are kept. */
const auditRecord = z
  .object({
    sequence: z.number().int().meta({ description: 'From 1, without a gap.' }),
    id: z.string().meta({ format: 'uuid' }),
    at: instant,
    actorKind: z
      .enum(auditRecords.actorKind.enumValues)
      .meta({
        description: 'A token of `POST /login` is its person; `agent` is a machine, `system` the server itself.',
      }),
    actorId: like('01890000-0000-7000-8000-000000000001'),
    actorLabel: like('admin@example.com'),
    action: textLike('host.approve'),
    objectKind: like('host'),
    objectId: like('01890000-0000-7000-8000-000000000000'),
    objectLabel: like('web-01.example.com'),
    address: like('192.0.2.7'),
    requestId: like('01890000-0000-7000-8000-000000000000'),
    outcome: z.enum(auditRecords.outcome.enumValues),
    code: like('auth.forbidden').meta({ description: 'Why it was not done.' }),
    before: state({ approval: 'pending' }),
    after: state({ approval: 'approved' }),
  })
  .meta({ id: 'AuditRecord' });

export const auditRecordPage = z.object({
  records: z.array(auditRecord),
  nextCursor,
  unsealed: z
    .number()
    .int()
    .meta({
      description:
        'Records that wait to be sealed and are not among these. More than none for long means that somebody else writes into the database or holds a lock there.',
    }),
});
