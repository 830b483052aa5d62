import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import { peerAddress } from './http/client-address';
import type { Services } from './services';
import { bearerOf } from './tokens/act-by-bearer';
import type { Context } from './trpc';

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
    agent: null,
    connection: null,
    agentRefusal: null,
    setCookie: null,
    setNextToken: null,
  };
}
