import type { RequestHandler } from 'express';
import { AppError } from './errors';

/**
 * Refuses what calls no procedure: other methods than GET, HEAD and POST (405). tRPC makes a Request of the fetch standard
 * of whatever comes, which throws at some methods (TRACE) and would be an error of the server's.
 */
export const requireCall: RequestHandler = ({ method }, response, next) => {
  if (method === 'GET' || method === 'HEAD' || method === 'POST') return next();
  response.set('Allow', 'GET, HEAD, POST');
  next(new AppError('request.method'));
};
