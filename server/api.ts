import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express, { type Request, type Response } from 'express';
import { AGENT_SOCKET_PATH } from '../agent/protocol';
import { identifyPeer } from './agents/authenticate';
import { createAgentUpgrade } from './agents/connect';
import { TOKEN_LIFETIME_MS } from './agents/connection-tokens';
import { serveOutput } from './commands/output/serve-output';
import { serveRevocationList } from './certificates/serve-revocation-list';
import { createContext } from './context';
import { serveExports } from './list/serve-exports';
import { logFailure, logProcedureError } from './log';
import { readBody } from './http/read-body';
import { requireCall } from './http/require-call';
import { servePrometheus } from './metrics/prometheus/serve-prometheus';
import { allowOrigins } from './rest/cross-origin';
import { answerRefusal, problemOfStatus } from './rest/refuse';
import { serveRest } from './rest/serve-rest';
import { appRouter } from './router';
import { apiSecurityHeaders, bareHeaders } from './http/security-headers';
import type { Services } from './services';
import { admitConnections } from './http/admit';
import { HANDSHAKE_PATIENCE, PATIENCE, READS_EVERYTHING, serveReadable } from './http/serve-readable';
import { dispatchUpgrades } from './http/upgrade';
import { NEXT_TOKEN_HEADER } from './tokens/next-token-header';
import type { Context } from './context';
import { responseMeta } from './trpc';
import { keepAccountLanguage } from './rest/account-language';

/** Enough for any procedure an agent without a certificate may call; a CSR is under 1 KiB. */
const MAX_BODY_BYTES = 64 * 1024;

/** What a context of its own brings with it, and would lose when another takes its place. */
const SECURE = { minVersion: 'TLSv1.3' } as const;

/** The agents' and the scripts' listener. TLS always; a client certificate is asked for, and judged by us alone. */
export function createApiServer(services: Services, certificate: { cert: string; key: string }): Server {
  const app = express();
  app.disable('x-powered-by');
  // Names and values as they are; the default makes objects of `a[b]=c`.
  app.set('query parser', 'simple');
  app.set('etag', false);
  const pagesHaveHttps = { https: Boolean(services.config.tls.cert) };
  app.use(apiSecurityHeaders(pagesHaveHttps));
  app.use(allowOrigins(services.config.api_origins));
  app.use('/trpc', requireCall);
  app.use(readBody(MAX_BODY_BYTES));
  app.use(
    '/trpc',
    createExpressMiddleware({
      router: appRouter,
      createContext: ({ req, res }) => apiContext(services, req, res),
      responseMeta,
      onError: (failure) => logProcedureError(services.log, failure),
      maxBodySize: MAX_BODY_BYTES,
      // One request, one call: a batch would multiply every limit by its length.
      allowBatching: false,
    }),
  );
  app.use(serveRevocationList(services.revocationLists, services.log));
  app.use(serveExports((request, response) => apiContext(services, request, response)));
  app.use(serveOutput((request, response) => apiContext(services, request, response)));
  app.use(servePrometheus((request, response) => apiContext(services, request, response)));
  app.use(serveRest(services, (request, response) => apiContext(services, request, response)));
  app.use(answerRefusal(services.log));
  const server = createServer({
    ...SECURE,
    ...certificate,
    ...READS_EVERYTHING,
    ...PATIENCE,
    ...HANDSHAKE_PATIENCE,
    requestCert: true,
    // Node would check the chain only on full handshakes. `verifyClientCertificate` checks every connection.
    rejectUnauthorized: false,
  });
  const { handshakes } = services.measures;
  const admit = async (socket: Socket) => {
    const isAdmitted = await services.handshakes.admit(socket);
    if (!isAdmitted) handshakes.inc('refused');
    return isAdmitted;
  };
  admitConnections(server, admit, (error) => logFailure(services.log, 'a connection was not admitted', error));
  server.on('secureConnection', (socket) => handshakes.inc(socket.isSessionReused() ? 'resumed' : 'full'));
  server.on('tlsClientError', () => handshakes.inc('failed'));
  server.on('request', ({ socket }, response) => {
    response.once('finish', () => {
      services.handshakes.served(socket);
      // Or Node would close it after 5 s, with the token that counts on no other connection: a machine that is slower
      // than that, or is one of thousands on one, could begin anew for ever. Only whom we know is waited for so long.
      if (services.connections.isAwaited(socket)) socket.setTimeout(TOKEN_LIFETIME_MS);
    });
  });
  const headers = bareHeaders(pagesHaveHttps);
  serveReadable(server, app, headers, { bodyOf: problemOfStatus });
  const onError = (error: unknown) => logFailure(services.log, 'agent upgrade failed', error);
  dispatchUpgrades(server, { [AGENT_SOCKET_PATH]: createAgentUpgrade(services) }, { headers, onError });
  return server;
}

async function apiContext(services: Services, request: Request, response: Response): Promise<Context> {
  const peer = await identifyPeer(services, request);
  if (peer.agent) await services.handshakes.recognise(request);
  return {
    ...createContext(services, 'api', request),
    ...peer,
    ifMatch: request.headers['if-match'] ?? null,
    setETag: (etag) => void response.set('ETag', etag),
    setLanguage: keepAccountLanguage(response),
    setNextToken: (token) =>
      void (token === null ? response.removeHeader(NEXT_TOKEN_HEADER) : response.set(NEXT_TOKEN_HEADER, token)),
  };
}

/**
 * Serves another certificate from the next full handshake on; open connections live. The keys of the session tickets
 * stay, so that agents go on resuming: a resumed session shows no certificate, and whoever holds one has verified the
 * former.
 */
export function replaceCertificate(server: Server, { cert, key }: { cert: string; key: string }): void {
  server.setSecureContext({ ...SECURE, cert, key, ticketKeys: server.getTicketKeys() });
}
