import type { RequestHandler } from 'express';

/**
 * Refuses what no form of a page sends: other methods than GET, HEAD and POST (405), and other bodies than URL-encoded
 * fields (415). An action that reads one of those fails in its parser, which would be an error of the server's.
 */
export const requireForm: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  if (request.method !== 'POST') return void response.set('Allow', 'GET, HEAD, POST').sendStatus(405);
  if (!request.is('application/x-www-form-urlencoded')) return void response.sendStatus(415);
  next();
};
