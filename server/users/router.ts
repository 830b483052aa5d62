import { z } from 'zod';
import { newPassword, typedPassword, typedTwice } from '../auth/password-rule';
import { mayAnywhere, PERMISSIONS } from '../auth/permissions';
import { rest } from '../rest/operation';
import { nothing } from '../rest/schema';
import { storableText } from '../storable-text';
import { can, router, visitor } from '../trpc';
import { activateUser } from './activate-user';
import { deactivateUser } from './deactivate-user';
import { deleteUser } from './delete-user';
import { exportUsers, userExport } from './export-users';
import { findPeopleOnFleet, giveFleetRole, takeFleetRole } from './fleet-roles';
import { findUser, listUsers, userQuery } from './find-users';
import { inviteUser, newPerson } from './invite-user';
import { renewLink } from './renew-link';
import { isSetupOpen, setUp } from './setup';
import { signIn } from '../auth/sign-in';
import { signOut } from '../auth/sign-out';
import { signOutEverywhere } from '../auth/sign-out-everywhere';
import { unlockUser } from './unlock-user';
import { updateUser } from './update-user';
import { readLink, useLink } from './use-link';
import { grantedRole, invited, renewedLink, userDetail, userPage } from './user-schema';

const { email, name: userName } = newPerson.shape;
const token = z.string().min(1).max(100);
const oneUser = z.object({ userId: z.uuid() });
const seen = newPerson
  .partial()
  .optional()
  .meta({ description: 'What you saw before. When a part that you change is no longer so, nothing is changed.' });

export const usersRouter = router({
  /** Whether the setup link with this token works. Nobody learns whether there are users without one. */
  setupOpen: visitor.input(z.object({ token })).query(({ ctx, input }) => isSetupOpen(ctx.db, input.token)),

  setup: visitor
    .input(typedTwice({ token, email, password: newPassword }))
    .mutation(({ ctx, input }) => setUp(ctx, input)),

  signIn: visitor
    .input(z.object({ email: storableText(254), password: typedPassword }))
    .mutation(({ ctx, input }) => signIn(ctx, input)),

  signOut: visitor.mutation(({ ctx }) => signOut(ctx)),

  /** The signed-in person and what they may do, be it on some hosts only; or null. */
  me: visitor.query(
    ({ ctx: { session } }) =>
      session && {
        ...session.user,
        permissions: PERMISSIONS.filter((permission) => mayAnywhere(session, permission)),
        everywhere: PERMISSIONS.filter((permission) => session.permissions.has(permission)),
      },
  ),

  /** What a one-time link is for, to whoever holds it. */
  link: visitor.input(z.object({ token })).query(({ ctx, input }) => readLink(ctx, input.token)),

  useLink: visitor
    .input(typedTwice({ token, password: newPassword, name: userName.optional() }))
    .mutation(({ ctx, input }) => useLink(ctx, input)),

  list: can('users.read')
    .meta(
      rest('GET', '/users', {
        tag: 'Users',
        summary: 'List users',
        description: 'A page at a time. Go on with `cursor` until `nextCursor` is null.',
      }),
    )
    .input(userQuery)
    .output(userPage)
    .query(({ ctx, input }) => listUsers(ctx, input)),

  /** A file's text, piece by piece. As a download and in no other way: `serveExports`. */
  export: can('users.read')
    .input(userExport)
    .subscription(({ ctx, input }) => exportUsers(ctx, input)),

  byId: can('users.read')
    .meta(rest('GET', '/users/{userId}', { tag: 'Users', summary: 'Get a user', errors: ['user.not_found'] }))
    .input(oneUser)
    .output(userDetail)
    .query(({ ctx, input }) => findUser(ctx, { ...input, currentSession: ctx.session.id })),

  invite: can('users.manage')
    .meta(
      rest('POST', '/users', {
        tag: 'Users',
        summary: 'Invite somebody',
        description: 'They choose their password with the one-time link of the answer.',
        errors: ['key.too_wide', 'user.email_taken'],
      }),
    )
    .input(newPerson)
    .output(invited)
    .mutation(({ ctx, input }) => inviteUser(ctx, input)),

  update: can('users.manage')
    .meta(
      rest('PATCH', '/users/{userId}', {
        tag: 'Users',
        summary: 'Change a user',
        description:
          'What is left out stays as it is. With another e-mail a one-time link that was handed over before is dead. Who is no administrator any more loses the one-time links that they made, and who may no longer approve hosts the enrolment tokens of theirs that approve by themselves.',
        errors: [
          'key.too_wide',
          'user.not_found',
          'user.changed_meanwhile',
          'user.email_taken',
          'user.last_administrator',
        ],
      }),
    )
    .input(oneUser.extend({ ...newPerson.partial().shape, was: seen }))
    .output(nothing)
    .mutation(({ ctx, input }) => updateUser(ctx, input)),

  /** Who has a role on a fleet, besides those who have one everywhere. */
  onFleet: can('users.read')
    .input(z.object({ fleetId: z.uuid() }))
    .query(({ ctx, input }) => findPeopleOnFleet(ctx.db, input.fleetId)),

  giveFleetRole: can('users.manage')
    .meta(
      rest('PUT', '/users/{userId}/fleets/{fleetId}', {
        tag: 'Users',
        summary: 'Give a user a role on a fleet',
        description: 'On its hosts, whichever these are, from the next request on. Of two roles the last counts.',
        errors: ['fleet.not_found', 'key.too_wide', 'user.not_found'],
      }),
    )
    .input(oneUser.extend({ fleetId: z.uuid(), role: grantedRole }))
    .output(nothing)
    .mutation(({ ctx, input }) => giveFleetRole(ctx, input)),

  takeFleetRole: can('users.manage')
    .meta(
      rest('DELETE', '/users/{userId}/fleets/{fleetId}', {
        tag: 'Users',
        summary: 'Take a user’s role on a fleet away',
        errors: ['fleet.not_found', 'user.not_found'],
      }),
    )
    .input(oneUser.extend({ fleetId: z.uuid() }))
    .output(nothing)
    .mutation(({ ctx, input }) => takeFleetRole(ctx, input)),

  deactivate: can('users.manage')
    .meta(
      rest('POST', '/users/{userId}/deactivate', {
        tag: 'Users',
        summary: 'Shut a user out',
        description:
          'The account stays. Sessions, tokens and one-time links of theirs end at once; their API keys, the one-time links they made for others and their enrolment tokens that approve by themselves are revoked for good.',
        errors: ['user.not_found', 'user.deactivated', 'user.last_administrator'],
      }),
    )
    .input(oneUser)
    .output(nothing)
    .mutation(({ ctx, input }) => deactivateUser(ctx, input.userId)),

  activate: can('users.manage')
    .meta(
      rest('POST', '/users/{userId}/activate', {
        tag: 'Users',
        summary: 'Let a user in again',
        errors: ['key.too_wide', 'user.not_found', 'user.not_deactivated'],
      }),
    )
    .input(oneUser)
    .output(nothing)
    .mutation(({ ctx, input }) => activateUser(ctx, input.userId)),

  unlock: can('users.manage')
    .meta(
      rest('POST', '/users/{userId}/unlock', {
        tag: 'Users',
        summary: 'Unlock an account',
        description: 'At once, instead of when its time is over.',
        errors: ['key.too_wide', 'user.not_found'],
      }),
    )
    .input(oneUser)
    .output(nothing)
    .mutation(({ ctx, input }) => unlockUser(ctx, input.userId)),

  signOutEverywhere: can('users.manage')
    .meta(
      rest('POST', '/users/{userId}/sign_out', {
        tag: 'Users',
        summary: 'Sign a user out everywhere',
        description:
          'Their sessions and tokens end at once. Their API keys, a link for a new password, the one-time links they made for others and their enrolment tokens that approve by themselves are revoked for good.',
        errors: ['user.not_found'],
      }),
    )
    .input(oneUser)
    .output(nothing)
    .mutation(({ ctx, input }) => signOutEverywhere(ctx, input.userId)),

  renewLink: can('users.manage')
    .meta(
      rest('POST', '/users/{userId}/link', {
        tag: 'Users',
        summary: 'Make a one-time link',
        description: 'A new invitation, or a link to choose a new password. The one before is dead.',
        errors: ['key.too_wide', 'user.not_found', 'user.deactivated'],
      }),
    )
    .input(oneUser)
    .output(renewedLink)
    .mutation(({ ctx, input }) => renewLink(ctx, input.userId)),

  delete: can('users.manage')
    .meta(
      rest('DELETE', '/users/{userId}', {
        tag: 'Users',
        summary: 'Delete a user',
        description:
          'Their sessions, tokens, API keys and one-time links end at once, also the links they made for others and their enrolment tokens that approve by themselves. What they did stays in the audit log.',
        errors: ['user.not_found', 'user.last_administrator'],
      }),
    )
    .input(oneUser)
    .output(nothing)
    .mutation(({ ctx, input }) => deleteUser(ctx, input.userId)),
});
