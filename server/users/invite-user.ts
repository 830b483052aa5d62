import { z } from 'zod';
import type { Database, Transaction } from '../../db/client';
import { violates } from '../../db/errors';
import { users } from '../../db/schema';
import { type Actor, recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import { storableText } from '../storable-text';
import type { SignedIn } from '../trpc';
import { holdActor, refuseWider } from './hold-user';
import { makeLink, type OneTimeLink } from './links';
import { userObject } from './user-object';
import { role } from './user-schema';

export const newPerson = z.object({
  email: z.email().max(254),
  name: storableText(100)
    .trim()
    .meta({ examples: ['Night shift'] }),
  role,
});
type NewPerson = z.infer<typeof newPerson>;

interface Invited {
  userId: string;
  link: OneTimeLink;
}

/**
 * Makes an account that nobody can sign in to yet, and the link its person chooses a password with. Throws
 * `key.too_wide`, `user.email_taken`.
 */
export async function inviteUser(ctx: SignedIn, person: NewPerson, now = new Date()): Promise<Invited> {
  const { user } = ctx.session;
  const invited = await orTaken(
    ctx.db.transaction(async (tx) => {
      await holdActor(tx, ctx, 'users.manage');
      await refuseWider(tx, ctx, person.role);
      return invite(tx, ctx, { ...person, createdBy: user.id }, now);
    }),
  );
  logAct(ctx, { userId: invited.userId, email: person.email, role: person.role }, 'user invited');
  return invited;
}

/** The same for whoever is at the server's own files, and needs nobody's leave. Throws `user.email_taken`. */
export const inviteFromServer = ({ db, ...who }: { db: Database } & Actor, person: NewPerson, now = new Date()) =>
  orTaken(db.transaction((tx) => invite(tx, who, { ...person, createdBy: null }, now)));

async function invite(
  tx: Transaction,
  who: Actor,
  { email, name, role, createdBy }: NewPerson & { createdBy: string | null },
  now: Date,
): Promise<Invited> {
  const [user] = await tx.insert(users).values({ email, name, role }).returning();
  await recordAudit(tx, who, { action: 'user.invite', object: userObject(user!), after: { name, role } });
  return { userId: user!.id, link: await makeLink(tx, { userId: user!.id, createdBy }, now) };
}

function orTaken(inviting: Promise<Invited>): Promise<Invited> {
  return inviting.catch((error: unknown) => {
    throw violates(error, 'user_email_unique') ? new AppError('user.email_taken', { cause: error }) : error;
  });
}
