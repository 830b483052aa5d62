import { createServer, type Server } from 'node:https';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { AGENT_SOCKET_PATH } from '../agent/protocol';
import { identifyPeer } from './agents/authenticate';
import { createAgentUpgrade } from './agents/connect';
import { answerFailure } from './answer-failure';
import { serveRevocationList } from './certificates/serve-revocation-list';
import { createContext } from './context';
import { logProcedureError } from './log';
import { appRouter } from './router';
import type { Services } from './services';
import { dispatchUpgrades } from './sockets/upgrade';
import { responseMeta } from './trpc';

/** Enough for any procedure an agent without a certificate may call; a CSR is under 1 KiB. */
const MAX_BODY_BYTES = 64 * 1024;

/** What a context of its own brings with it, and would lose when another takes its place. */
const SECURE = { minVersion: 'TLSv1.3' } as const;

/** The agents' listener. TLS always; a client certificate is asked for, and judged by us alone. */
export function createApiServer(services: Services, certificate: { cert: string; key: string }): Server {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    '/trpc',
    createExpressMiddleware({
      router: appRouter,
      createContext: async ({ req }) => ({ ...createContext(services, 'api', req), ...(await identifyPeer(services, req)) }),
      responseMeta,
      onError: (failure) => logProcedureError(services.log, failure),
      maxBodySize: MAX_BODY_BYTES,
      // One request, one call: a batch would multiply every limit by its length.
      allowBatching: false,
    }),
  );
  app.use(serveRevocationList(services.revocationLists, services.log));
  app.use(answerFailure(services.log));
  const server = createServer(
    {
      ...SECURE,
      ...certificate,
      requestCert: true,
      // Node would check the chain only on full handshakes. `verifyClientCertificate` checks every connection.
      rejectUnauthorized: false,
    },
    app,
  );
  dispatchUpgrades(server, { [AGENT_SOCKET_PATH]: createAgentUpgrade(services) }, (error) =>
    services.log.error({ err: error }, 'agent upgrade failed'),
  );
  return server;
}

/**
 * Serves another certificate from the next full handshake on; open connections live. The keys of the session tickets
 * stay, so that agents go on resuming: a resumed session shows no certificate, and whoever holds one has verified the
 * former.
 */
export function replaceCertificate(server: Server, { cert, key }: { cert: string; key: string }): void {
  server.setSecureContext({ ...SECURE, cert, key, ticketKeys: server.getTicketKeys() });
}
