import { z } from 'zod';
import { typedPassword } from '../auth/password-rule';
import { rest } from '../rest/operation';
import { instant, nothing } from '../rest/schema';
import { storableText } from '../storable-text';
import { router, signedIn, stranger } from '../trpc';
import { logIn } from './log-in';
import { logOut } from './log-out';
import { NEXT_TOKEN_HEADER } from './next-token-header';

const credentials = z.object({
  userid: storableText(254).meta({ description: 'The e-mail of the account.', examples: ['admin@example.com'] }),
  password: typedPassword.meta({ examples: ['correct horse battery staple'] }),
});

const firstToken = z.object({
  token: z.string().meta({ description: 'For one request, as `Authorization: Bearer`.', examples: ['eyJhbGciOiJIUzI1NiIsInR5cCI6…'] }),
  expiresAt: instant,
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
    .meta(rest('POST', '/logout', { tag: 'Signing in', summary: 'Log out', description: 'Ends the chain: no token of it works any more.', errors: ['request.too_many'] }))
    .output(nothing)
    .mutation(({ ctx }) => logOut(ctx)),
});
