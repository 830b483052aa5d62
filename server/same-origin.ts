import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

/** Pages and their forms are far smaller. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Whether the page that made the request came from this server. A missing or opaque Origin did not. */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (!headers.origin || !headers.host) return false;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host.toLowerCase();
}

/** Refuses changes asked for by foreign pages (403), and bodies that are too large (413) or do not say how large they are (411). */
export const guardRequests: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  if (!isSameOrigin(request)) return void response.status(403).type('text').send('The request did not come from a page of this server.\n');
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding']) return void response.sendStatus(411);
  if (Number(length ?? 0) > MAX_BODY_BYTES) return void response.sendStatus(413);
  next();
};
