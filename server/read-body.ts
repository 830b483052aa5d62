import express, { type RequestHandler } from 'express';
import { AppError } from './errors';

/** No input of ours is nested more than a few levels. */
const MAX_JSON_DEPTH = 20;

/**
 * Reads the body of every request as text, no more of it than `limit` bytes, and none that is compressed: a megabyte of
 * zeros is a kilobyte on the wire. JSON that is nested too deeply is refused before anything parses it.
 */
export function readBody(limit: number): RequestHandler[] {
  return [
    express.text({ type: () => true, limit, inflate: false }),
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
