import { z } from 'zod';
import { typedPassword } from '../auth/password-rule';
import { rest } from '../rest/operation';
import { instant, nothing } from '../rest/schema';
import { storableText } from '../storable-text';
import { router, signedIn, stranger } from '../trpc';
import { logIn } from './log-in';
import { logOut } from './log-out';
import { NEXT_TOKEN_HEADER } from './next-token-header';

const DEVICE = '01890000-0000-7000-8000-000000000000.1769860800000.c29tZSBub25jZSAxNg.c2VhbA';

const credentials = z.object({
  userid: storableText(254).meta({ description: 'The e-mail of the account.', examples: ['admin@example.com'] }),
  password: typedPassword.meta({ examples: ['correct horse battery staple'] }),
  device: z
    .string()
    .max(500)
    .optional()
    .meta({
      description:
        'The `device` of a log-in before. With it wrong passwords of others, wherever they come from, do not keep this one out.',
      examples: [DEVICE],
    }),
});

const firstToken = z.object({
  token: z
    .string()
    .meta({ description: 'For one request, as `Authorization: Bearer`.', examples: ['eyJhbGciOiJIUzI1NiIsInR5cCI6…'] }),
  expiresAt: instant,
  device: z
    .string()
    .meta({
      description: 'To be sent with the next log-in. It lets nobody in without the password.',
      examples: [DEVICE],
    }),
});

export const tokensRouter = router({
  login: stranger
    .meta(
      rest('POST', '/login', {
        tag: 'Signing in',
        summary: 'Log in',
        description: `Each token works once. Every successful answer to a request with one brings the next in the header \`${NEXT_TOKEN_HEADER}\`. After a refusal (4xx) the same token still works; after 500 on anything but GET log in again.`,
        errors: ['auth.credentials', 'auth.locked', 'auth.too_many', 'auth.busy', 'request.too_many'],
        isPublic: true,
      }),
    )
    .input(credentials)
    .output(firstToken)
    .mutation(({ ctx, input }) => logIn(ctx, input)),

  logout: signedIn
    .meta(
      rest('POST', '/logout', {
        tag: 'Signing in',
        summary: 'Log out',
        description: 'Ends the chain: no token of it works any more.',
        errors: ['request.too_many'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx }) => logOut(ctx)),
});
