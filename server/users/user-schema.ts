import { z } from 'zod';
import { GRANTED_ROLES, ROLES } from '../auth/permissions';
import { counted } from '../list/list';
import { instant, nextCursor, textLike } from '../rest/schema';

export const userState = z
  .enum(['active', 'invited', 'locked', 'deactivated'])
  .meta({ id: 'UserState', description: '`locked`: after too many wrong passwords, for a while.' });
export type UserState = z.infer<typeof userState>;

export const role = z.enum(ROLES).meta({ description: 'What they may do everywhere.', examples: ['operator'] });

export const grantedRole = z.enum(GRANTED_ROLES).meta({ examples: ['operator'] });

/** What may be shown of a user. */
export const userRow = z
  .object({
    id: z.string().meta({ format: 'uuid' }),
    email: textLike('operator@example.com'),
    name: textLike('Night shift'),
    role,
    language: textLike('en').nullable().meta({ description: 'BCP 47. Null: as the browser asks.' }),
    state: userState,
    lockedUntil: instant.nullable(),
    createdAt: instant,
    lastSignInAt: instant.nullable(),
    deactivatedAt: instant.nullable(),
  })
  .meta({ id: 'User' });
export type UserRow = z.infer<typeof userRow>;

export const userPage = z.object({ users: z.array(userRow), nextCursor, ...counted });

const session = z.object({
  at: instant,
  address: textLike('192.0.2.7'),
  userAgent: textLike('Mozilla/5.0'),
  isCurrent: z.boolean(),
});

export const userDetail = z.object({
  user: userRow,
  linkExpiresAt: instant.nullable().meta({ description: 'Until when their one-time link works.' }),
  fleetRoles: z
    .array(z.object({ fleetId: z.string().meta({ format: 'uuid' }), name: textLike('Shop'), role: grantedRole }))
    .meta({ description: 'What they may do on the hosts of some fleets, besides what they may do everywhere.' }),
  workingKeys: z.number().int().meta({ description: 'How many API keys of theirs work.' }),
  sessions: z.array(session).meta({ description: 'Browsers they are signed in with, latest first, at most 100.' }),
});
export type UserDetail = z.infer<typeof userDetail>;

const link = z.object({ token: textLike('x'.repeat(43)), expiresAt: instant });

export const invited = z.object({
  userId: z.string().meta({ format: 'uuid' }),
  link: link.meta({
    description: 'What their invitation is made of: `/invitation?token=…` on the web listener. Shown once.',
  }),
});

export const renewedLink = link.extend({ purpose: z.enum(['invitation', 'reset']) });
