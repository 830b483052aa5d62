import express, { type Response, type Router } from 'express';
import { type Log, logFailure } from '../log';
import type { RevocationList, RevocationLists } from './revocation-list';

/** `/crl.pem` and `/crl.der`, for whoever else has to judge our certificates. They hold nothing secret. */
export function serveRevocationList(lists: RevocationLists, log: Log): Router {
  const router = express.Router();
  const serve = (path: string, type: string, bodyOf: (list: RevocationList) => string | Buffer) =>
    router.get(path, (_request, response) => {
      lists.current().then(
        (list) => send(response, list, type, bodyOf(list)),
        (error: unknown) => {
          logFailure(log, 'the revocation list cannot be made', error);
          response.sendStatus(500);
        },
      );
    });
  serve('/crl.pem', 'application/x-pem-file', ({ pem }) => pem);
  // RFC 2585, 4.2.
  serve('/crl.der', 'application/pkix-crl', ({ der }) => der);
  return router;
}

/** An unchanged list is not sent twice, but always asked for: a revocation counts at once. */
function send(response: Response, { number }: RevocationList, type: string, body: string | Buffer): void {
  response.set({ 'Content-Type': type, 'Cache-Control': 'no-cache', ETag: `"${number}"` }).send(body);
}
