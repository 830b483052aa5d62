import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { inEnglish, type Say } from '../words/say';
import type { Slot } from './agents/sockets';
import type { Caller } from './caller';
import { peerAddress } from './http/client-address';
import type { Page } from './live/page';
import type { Services } from './services';
import { bearerOf } from './tokens/bearer-of';

/** What a procedure gets to know of its caller. Built once a request, or once a socket. */
export interface Context extends Services, Caller {
  /** What it came over. */
  transport: Socket;
  /** What its cookies say of having signed in before, unjudged. None on the API listener. */
  shownDevices: readonly string[];
  /** What an Authorization header on the API listener holds, unjudged. */
  bearer: string | null;
  /** Whether the answer is a file that is sent as fast as it is read. A WebSocket would take all of it into memory. */
  isDownload: boolean;
  /** Says what an answer says in sentences: on the pages in the language that they are shown in. */
  say: Say;
  /** In which language a file that is downloaded names its columns; null: by their stable names. */
  sayHeadings: Say | null;
  /** The open page whose socket it came over. */
  page: Page | null;
  /** The open connection it came over. */
  connection: Slot | null;
  /** Adds a Set-Cookie to the answer. Null on a WebSocket, which has no answer to put it in. */
  setCookie: ((cookie: string) => void) | null;
  /** What `If-Match` says, unjudged. None where requests have no headers of their own. */
  ifMatch: string | null;
  /** Says which version of something the answer is. No function where the answer has no header for it. */
  setETag: ((etag: string) => void) | null;
  /**
   * Puts the token that follows the one just spent into the answer; null takes it out. No function where nobody can
   * hear it.
   */
  setNextToken: ((token: string | null) => void) | null;
  /** Told who asks by their account's language, for a refusal. No function where the answer is no REST answer. */
  setLanguage: ((language: string | null) => void) | null;
}

/** What every context of a request begins with: nobody signed in, no agent, nothing to set a cookie on. */
export function createContext(services: Services, listener: Context['listener'], request: IncomingMessage): Context {
  // Read from cookies that are bound to HTTPS wherever the browser used it: a plain one, which a page or a network may
  // have planted, then counts for nothing.
  const cookies = listener === 'web' && services.askedFor(request).scheme === 'https' ? services.overHttps : services;
  const { sessions, knownDevices } = cookies;
  return {
    ...services,
    sessions,
    knownDevices,
    listener,
    requestId: uuidv7(),
    // Agents' TLS ends here, so nobody on the way can have added a header.
    address: listener === 'web' ? services.clientAddress(request) : peerAddress(request),
    transport: request.socket,
    userAgent: request.headers['user-agent'] ?? '',
    session: null,
    shownDevices: listener === 'web' ? knownDevices.shownIn(request.headers.cookie) : [],
    bearer: listener === 'api' ? bearerOf(request.headers.authorization) : null,
    isDownload: false,
    say: inEnglish,
    sayHeadings: null,
    page: null,
    agent: null,
    connection: null,
    agentRefusal: null,
    setCookie: null,
    ifMatch: null,
    setETag: null,
    setNextToken: null,
    setLanguage: null,
  };
}
