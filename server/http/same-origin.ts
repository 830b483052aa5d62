import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';

/** The largest form names a thousand hosts, in 39 kilobytes. All of a body is kept before it is known who sends it. */
const MAX_BODY_BYTES = 64 * 1024;

/** Whether the page that made the request came from this server. A missing or opaque Origin did not. */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return isOwnHost(request) && origin === `${isEncrypted(request) ? 'https' : 'http'}://${host!.toLowerCase()}`;
}

/**
 * Without a certificate we are on loopback, and nobody reaches us under another name but a page whose own name was
 * turned to 127.0.0.1 after it was loaded (DNS rebinding).
 */
function isOwnHost(request: IncomingMessage): boolean {
  const { host } = request.headers;
  if (!host) return false;
  return isEncrypted(request) || /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

const isEncrypted = ({ socket }: IncomingMessage) => Boolean((socket as TLSSocket).encrypted);

/**
 * Refuses requests under a foreign name (421), changes asked for by foreign pages (403), and bodies that are too large
 * (413) or do not say how large they are (411).
 */
export const guardRequests: RequestHandler = (request, response, next) => {
  if (!isOwnHost(request)) return void response.status(421).type('text').send('This server is not known by that name.\n');
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  if (!isSameOrigin(request)) return void response.status(403).type('text').send('The request did not come from a page of this server.\n');
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding']) return void response.sendStatus(411);
  if (Number(length ?? 0) > MAX_BODY_BYTES) return void response.sendStatus(413);
  next();
};
