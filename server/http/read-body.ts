import express, { type RequestHandler } from 'express';
import { AppError } from '../errors';

/** No input of ours is nested more than a few levels. */
const MAX_JSON_DEPTH = 20;

/**
 * Reads the body of every request as text, no more of it than `limit` bytes, and none that is compressed: a megabyte of
 * zeros is a kilobyte on the wire. JSON that is nested too deeply is refused before anything parses it.
 */
export function readBody(limit: number): RequestHandler[] {
  return [
    readText(limit),
    (request, _response, next) => {
      const body: unknown = request.body;
      if (typeof body !== 'string') {
        // What Express leaves for no body; tRPC would take it for one.
        delete request.body;
        return next();
      }
      next(isDeeper(body, MAX_JSON_DEPTH) ? new AppError('input.too_deep') : undefined);
    },
  ];
}

/**
 * Express's own reader of text, but for what is too large: Express answers that when all of it has come. Here it is
 * refused as soon as it is known, and what still comes is dropped for as long as a request may take. Closing the
 * connection instead would reset it, and whoever is still sending might lose the answer.
 */
function readText(limit: number): RequestHandler {
  const read = express.text({ type: () => true, limit, inflate: false });
  return (request, response, next) => {
    const length = request.headers['content-length'];
    if (Number(length ?? 0) > limit) return next(new AppError('request.too_large'));
    if (length !== undefined || !request.headers['transfer-encoding']) return void read(request, response, next);
    let received = 0;
    let isRefused = false;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (isRefused || received <= limit) return;
      isRefused = true;
      next(new AppError('request.too_large'));
    });
    read(request, response, (error?: unknown) => {
      if (!isRefused) next(error);
    });
  };
}

/** Whether JSON text has more levels than this. What is not JSON may be called either. */
export function isDeeper(text: string, max: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isInString) {
      if (character === '\\') i++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '[' || character === '{') {
      if (++depth > max) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}
