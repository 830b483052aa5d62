import '@remix-run/node';
import type { Api } from '../server/router';

declare module '@remix-run/node' {
  /**
   * What the server hands to every loader and action. Pages reach the server's operations through `api` and no other
   * way.
   */
  interface AppLoadContext {
    /**
     * The procedures, bound to this request's session. Throws `data({ code, requestId, issues, retryAfterSeconds })`,
     * or a redirect to sign-in.
     */
    api: Api;
    /**
     * Calls the mutation of that path: what an act's form names. Throws as `api` does, and 404 for what is no mutation.
     */
    act: (path: string, input: unknown) => Promise<unknown>;
    requestId: string;
    /** Puts what failed on our side into the server's log, by that id. */
    reportFailure: (error: unknown) => void;
    /** Of the page, as BCP 47; there are words in it. */
    language: string;
    /** Whether the browser shows a session that has ended. Whoever signs out by themselves leaves none behind. */
    wasSignedOut: boolean;
    /** Of this answer's Content-Security-Policy. Every script must carry it. */
    nonce: string;
    /** Whether the answer may go out compressed: `server/http/may-compress.ts`. */
    mayCompress: boolean;
    /** Where agents connect to this server, for the command that adds a machine. */
    apiPort: number;
  }

  interface Future {
    v3_singleFetch: true;
  }
}
