import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import type { Services } from './services';
import { bearerOf } from './tokens/act-by-bearer';
import type { Context } from './trpc';

/** What every context of a request begins with: nobody signed in, no agent, nothing to set a cookie on. */
export function createContext(services: Services, listener: Context['listener'], request: IncomingMessage): Context {
  return {
    ...services,
    listener,
    requestId: uuidv7(),
    // IPv4 peers of a dual-stack socket come as ::ffff:192.0.2.1.
    address: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    session: null,
    bearer: listener === 'api' ? bearerOf(request.headers.authorization) : null,
    agent: null,
    agentRefusal: null,
    setCookie: null,
    setNextToken: null,
  };
}
