import { z } from 'zod';
import { newPassword } from '../auth/password-rule';
import { ROLES } from '../auth/permissions';
import { storableText } from '../storable-text';
import { can, router, visitor } from '../trpc';
import { activateUser, deactivateUser } from './deactivate-user';
import { deleteUser } from './delete-user';
import { signOutEverywhere } from './end-sessions';
import { findUser, listUsers, userFilter } from './find-users';
import { inviteUser } from './invite-user';
import { renewLink } from './renew-link';
import { isSetupOpen, setUp } from './setup';
import { signIn, signOut } from './sign-in';
import { unlockUser } from './unlock-user';
import { updateUser } from './update-user';
import { readLink, useLink } from './use-link';

const email = z.email().max(254);
const userName = storableText(100).trim();
const token = z.string().min(1).max(100);
const oneUser = z.object({ userId: z.uuid() });
const person = z.object({ email, name: userName, role: z.enum(ROLES) });

export const usersRouter = router({
  /** Whether the setup link with this token works. Nobody learns whether there are users without one. */
  setupOpen: visitor.input(z.object({ token })).query(({ ctx, input }) => isSetupOpen(ctx.db, input.token)),

  setup: visitor.input(z.object({ token, email, password: newPassword })).mutation(({ ctx, input }) => setUp(ctx, input)),

  signIn: visitor
    .input(z.object({ email: storableText(254), password: z.string().max(256) }))
    .mutation(({ ctx, input }) => signIn(ctx, input)),

  signOut: visitor.mutation(({ ctx }) => signOut(ctx)),

  /** The signed-in person and what they may do, or null. */
  me: visitor.query(({ ctx }) => ctx.session && { ...ctx.session.user, permissions: [...ctx.session.permissions] }),

  /** What a one-time link is for, to whoever holds it. */
  link: visitor.input(z.object({ token })).query(({ ctx, input }) => readLink(ctx, input.token)),

  useLink: visitor
    .input(z.object({ token, password: newPassword, name: userName.optional() }))
    .mutation(({ ctx, input }) => useLink(ctx, input)),

  list: can('users.read').input(userFilter).query(({ ctx, input }) => listUsers(ctx, input)),

  byId: can('users.read')
    .input(oneUser)
    .query(({ ctx, input }) => findUser(ctx, { ...input, currentSession: ctx.session.id })),

  invite: can('users.manage').input(person).mutation(({ ctx, input }) => inviteUser(ctx, input)),

  update: can('users.manage').input(oneUser.extend(person.shape)).mutation(({ ctx, input }) => updateUser(ctx, input)),

  deactivate: can('users.manage').input(oneUser).mutation(({ ctx, input }) => deactivateUser(ctx, input.userId)),

  activate: can('users.manage').input(oneUser).mutation(({ ctx, input }) => activateUser(ctx, input.userId)),

  unlock: can('users.manage').input(oneUser).mutation(({ ctx, input }) => unlockUser(ctx, input.userId)),

  signOutEverywhere: can('users.manage').input(oneUser).mutation(({ ctx, input }) => signOutEverywhere(ctx, input.userId)),

  /** A new invitation, or a link to choose a new password. */
  renewLink: can('users.manage').input(oneUser).mutation(({ ctx, input }) => renewLink(ctx, input.userId)),

  delete: can('users.manage').input(oneUser).mutation(({ ctx, input }) => deleteUser(ctx, input.userId)),
});
