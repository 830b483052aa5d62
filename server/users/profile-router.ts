import { z } from 'zod';
import { newPassword, typedPassword, typedTwice } from '../auth/password-rule';
import { storableText } from '../storable-text';
import { router, signedIn } from '../trpc';
import { changePassword } from '../auth/change-password';
import { findUser } from './find-users';
import { signOutElsewhere } from '../auth/sign-out-elsewhere';
import { updateProfile } from './update-profile';

/** BCP 47: a language and at most a region or script, as far as we translate. */
const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/);

/** What is one's own, whatever one's role. */
export const profileRouter = router({
  get: signedIn.query(({ ctx }) => findUser(ctx, { userId: ctx.session.user.id, currentSession: ctx.session.id })),

  update: signedIn
    .input(z.object({ name: storableText(100).trim(), language: language.nullable() }).partial())
    .mutation(({ ctx, input }) => updateProfile(ctx, input)),

  changePassword: signedIn
    .input(typedTwice({ old: typedPassword.min(1), password: newPassword }))
    .mutation(({ ctx, input }) => changePassword(ctx, input)),

  signOutElsewhere: signedIn.mutation(({ ctx }) => signOutElsewhere(ctx)),
});
