import type { RequestHandler } from 'express';
import { NEXT_TOKEN_HEADER } from '../tokens/next-token-header';

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Lets the pages of the origins in `api_origins` use the API from a browser. There are no cookies on this listener, so
 * that a page can do only what the token it holds may do; still, none may unless an administrator named it.
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary('Origin');
    if (origin === undefined || !origins.includes(origin)) return next();
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': `${NEXT_TOKEN_HEADER}, ETag, Retry-After`,
    });
    if (request.method !== 'OPTIONS') return next();
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, Accept-Language, If-Match',
      'Access-Control-Max-Age': String(DAY_SECONDS),
    });
    response.status(204).end();
  };
}
