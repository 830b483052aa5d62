import http from 'node:http';
import { bareHeaders } from '../http/security-headers';
import { PATIENCE, READS_EVERYTHING, serveReadable } from '../http/serve-readable';
import type { Services } from '../services';
import { createOperations } from './serve-operations';

/** The listener of `ops.port`: health, readiness and figures, and nothing else. */
export function createOperationsServer(services: Services) {
  const server = http.createServer({ ...READS_EVERYTHING, ...PATIENCE });
  const answers = createOperations(services);
  const headers = bareHeaders({ https: false });
  serveReadable(
    server,
    (request, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (answers(request, response)) return;
      response.statusCode = 404;
      response.end();
    },
    headers,
  );
  return server;
}
