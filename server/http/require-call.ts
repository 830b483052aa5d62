import type { RequestHandler } from 'express';
import { AppError } from '../errors';
import { appRouter } from '../router';

// Flat at run time, by their paths; the type is the tree that clients see.
const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
const streams = new Set(Object.keys(procedures).filter((path) => procedures[path]!._def.type === 'subscription'));

/**
 * One step, written plainly: then it is the name that will be called. tRPC looks for a procedure behind the last slash,
 * and decodes what it finds there.
 */
const PLAIN_NAME = /^\/[^/%]*$/;

/**
 * Refuses what calls no procedure over plain HTTP: names that are spelled in another way than ours (404), other methods
 * than GET, HEAD and POST, and what streams (405). tRPC makes a Request of the fetch standard of whatever comes, which
 * throws at some methods (TRACE) and would be an error of the server's; and it answers 200 to a stream and puts the
 * refusal into it, by when a token is spent and the next one out.
 */
export const requireCall: RequestHandler = ({ method, path }, response, next) => {
  if (!PLAIN_NAME.test(path)) return next(new AppError('request.unknown'));
  const isStream = streams.has(path.slice(1));
  if (!isStream && ['GET', 'HEAD', 'POST'].includes(method)) return next();
  response.set('Allow', isStream ? '' : 'GET, HEAD, POST');
  next(new AppError('request.method'));
};
