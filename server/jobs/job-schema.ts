import { z } from 'zod';
import { hostFilter } from '../hosts/find-hosts';
import { instant, nextCursor, textLike } from '../rest/schema';
import { ACT_NAMES, jobAct } from './job-acts';

const MOST_NAMED = 1000;
const some = z.array(z.uuid()).max(MOST_NAMED);

/** The hosts by name, or all that match at that moment but some. */
export const proposal = z.object({
  act: jobAct,
  targets: z
    .union([
      z.strictObject({ hostIds: some.min(1) }),
      // A filter that is not known must not mean more hosts.
      z.strictObject({ matching: z.strictObject(hostFilter.shape), except: some.default([]) }),
    ])
    .meta({ examples: [{ matching: { filter: 'platform = "linux"' } }] }),
});
export type Proposal = z.infer<typeof proposal>;

export const OUTCOMES = ['waiting', 'done', 'refused'] as const;

export const jobRow = z
  .object({
    id: z.string().meta({ format: 'uuid' }),
    act: z.enum(ACT_NAMES),
    tags: z.array(textLike('env:prod')).meta({ description: 'Of the acts that are about tags.' }),
    fleet: z
      .object({ id: z.string().meta({ format: 'uuid' }), name: textLike('Shop') })
      .nullable()
      .meta({ description: 'Of the acts that are about a fleet.' }),
    state: z.enum(['proposed', 'running', 'done', 'cancelled']),
    by: textLike('admin@example.com'),
    cancelledBy: textLike('admin@example.com').nullable(),
    proposedAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    hosts: z.number().int().meta({ description: 'How many it is for.' }),
    leftOut: z
      .number()
      .int()
      .meta({ description: 'How many more were chosen that the act is not for, or not by whoever asked.' }),
    done: z.number().int(),
    refused: z.number().int(),
  })
  .meta({ id: 'Job' });
export type JobRow = z.infer<typeof jobRow>;

export const jobPage = z.object({ jobs: z.array(jobRow), nextCursor });

export const jobHostPage = z.object({
  hosts: z.array(
    z.object({
      hostId: z.string().meta({ format: 'uuid' }),
      fqdn: textLike('web-01.example.com'),
      outcome: textLike('done')
        .nullable()
        .meta({ description: '`done`, the code of what was against it, or null while it waits.' }),
      at: instant.nullable(),
    }),
  ),
  nextCursor,
});
