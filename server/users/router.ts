import { z } from 'zod';
import { storableText } from '../storable-text';
import { router, visitor } from '../trpc';
import { isSetupOpen, setUp } from './setup';
import { signIn, signOut } from './sign-in';

const email = z.email().max(254);
const setupToken = z.string().min(1).max(100);

export const usersRouter = router({
  /** Whether the setup link with this token works. Nobody learns whether there are users without one. */
  setupOpen: visitor.input(z.object({ token: setupToken })).query(({ ctx, input }) => isSetupOpen(ctx.db, input.token)),

  setup: visitor
    .input(z.object({ token: setupToken, email, password: z.string().min(12).max(256) }))
    .mutation(({ ctx, input }) => setUp(ctx, input)),

  signIn: visitor
    .input(z.object({ email: storableText(254), password: z.string().max(256) }))
    .mutation(({ ctx, input }) => signIn(ctx, input)),

  signOut: visitor.mutation(({ ctx }) => signOut(ctx)),

  /** The signed-in person, or null. */
  me: visitor.query(({ ctx }) => ctx.session?.user ?? null),
});
