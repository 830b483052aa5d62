import { createTRPCClient, httpLink, type HTTPLinkOptions, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '../router';
import { NEXT_TOKEN_HEADER } from './next-token-header';

type Fetch = NonNullable<HTTPLinkOptions<AppRouter['_def']['_config']['$types']>['fetch']>;

/** What the client needs of an answer besides its body: where the next token is. */
export type FetchWithHeaders = (
  ...request: Parameters<Fetch>
) => Promise<Awaited<ReturnType<Fetch>> & { headers: { get(name: string): string | null } }>;

/**
 * A typed client for programs in this repository: every procedure, over one chain of rotating tokens. Calls may be made
 * all at once; they go out one after another, because each needs the token that the answer before it brought.
 *
 * @param url of the API listener, such as `https://localhost:6443`
 * @param token of `POST /login`
 * @param fetch one that trusts the server's CA; Node's own cannot be told to
 */
export function createApiClient({
  url,
  token,
  fetch,
}: {
  url: string;
  token: string;
  fetch: FetchWithHeaders;
}): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/trpc`, fetch: rotateTokens(token, fetch) })] });
}

/**
 * Queues what is sent, and puts on each the token that is next. A refusal brings none and leaves the present one in
 * use. When an answer is lost, nobody knows whether its token was spent: another use might be taken for a thief's, so
 * all that is queued behind it fails, unsent.
 */
function rotateTokens(first: string, fetch: FetchWithHeaders): Fetch {
  let token = first;
  let lost: { cause: unknown } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (url, options) => {
    const send = async () => {
      // Given up before it was sent: no token went out with it.
      options?.signal?.throwIfAborted();
      if (lost)
        throw new Error(
          'The answer to a call before this one was lost, and the next token with it: log in again.',
          lost,
        );
      const headers = { ...(options?.headers as Record<string, string>), authorization: `Bearer ${token}` };
      try {
        const response = await fetch(url, { ...options, headers });
        token = response.headers.get(NEXT_TOKEN_HEADER) ?? token;
        return response;
      } catch (error) {
        lost = { cause: error };
        throw error;
      }
    };
    const mine = last.then(send);
    // Whether it went well is its caller's matter.
    last = mine.catch(() => undefined);
    return mine;
  };
}
