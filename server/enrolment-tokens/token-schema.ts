import { z } from 'zod';
import { instant, textLike } from '../rest/schema';

const listed = z
  .object({
    id: z.string().meta({ format: 'uuid' }),
    name: textLike('Rack 4'),
    state: z.enum(['active', 'expired', 'used_up', 'revoked']),
    tags: z.array(textLike('rack-4')).meta({ description: 'Its hosts get them.' }),
    fleet: z
      .object({ id: z.string().meta({ format: 'uuid' }), name: textLike('Shop') })
      .nullable()
      .meta({ description: 'Its hosts are listed in it.' }),
    autoApprove: z.boolean().meta({ description: 'Its machines are let in without a person’s look.' }),
    used: z.number().int(),
    maxUses: z.number().int().nullable().meta({ description: 'Null: any number.' }),
    expiresAt: instant,
    createdAt: instant,
    createdBy: textLike('admin@example.com')
      .nullable()
      .meta({ description: 'Their e-mail; null when the account is gone.' }),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'EnrolmentToken' });

export const listedTokens = z.object({
  tokens: z.array(listed),
  nextCursor: z
    .string()
    .nullable()
    .meta({ format: 'uuid', description: 'The `cursor` of the next page; null on the last.' }),
});

export const createdToken = z.object({
  id: z.string().meta({ format: 'uuid' }),
  token: textLike('sysmanage_…').meta({
    description: 'What machines join with, by the agent’s `--token-file`. Shown once.',
  }),
});
