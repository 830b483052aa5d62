import { createServer, type Server } from 'node:https';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { AGENT_SOCKET_PATH } from '../agent/protocol';
import { createAgentUpgrade } from './agents/connect';
import { createContext } from './context';
import { logProcedureError } from './log';
import { appRouter } from './router';
import type { Services } from './services';
import { dispatchUpgrades } from './sockets/upgrade';

/** Enough for any procedure an agent without a certificate may call; a CSR is under 1 KiB. */
const MAX_BODY_BYTES = 64 * 1024;

/** The agents' listener. TLS always; a client certificate is asked for, and judged by us alone. */
export function createApiServer(services: Services, certificate: { cert: string; key: string }): Server {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    '/trpc',
    createExpressMiddleware({
      router: appRouter,
      createContext: ({ req }) => createContext(services, 'api', req),
      onError: (failure) => logProcedureError(services.log, failure),
      maxBodySize: MAX_BODY_BYTES,
      // One request, one call: a batch would multiply every limit by its length.
      allowBatching: false,
    }),
  );
  const server = createServer(
    {
      ...certificate,
      minVersion: 'TLSv1.3',
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
