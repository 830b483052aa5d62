import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { createOpenApiNodeHttpHandler } from 'trpc-to-openapi';
import { AppError } from '../errors';
import { peerAddress } from '../http/client-address';
import { networkOf } from '../limits';
import { logProcedureError } from '../log';
import { appRouter } from '../router';
import type { Services } from '../services';
import type { Context } from '../context';
import { describeApi } from './describe-api';
import { serveDocs } from './serve-docs';
import { Refusal } from './refuse';

/**
 * The REST API, its document and its documentation, all from the router. Errors go on to `answerRefusal`.
 * @param createContext who is asking; bodies are read as text before
 */
export function serveRest(
  { log, limits }: Services,
  createContext: (request: Request, response: Response) => Promise<Context>,
): Router {
  const rest = express.Router();
  rest.use(['/openapi.json', '/docs'], (request, _response, next) => {
    limits.documents.take(networkOf(peerAddress(request))).then(() => next(), next);
  });
  rest.get('/openapi.json', serveDocument());
  rest.use(serveDocs());
  const handle = createOpenApiNodeHttpHandler<typeof appRouter, Request, Response>({
    router: appRouter,
    createContext: ({ req, res }) => createContext(req, res),
    responseMeta: ({ data }) => (data?.[0] === undefined ? { status: 204 } : {}),
    onError(failure) {
      // It knows errors by their name, and takes ours for an accident.
      const error = failure.error.cause instanceof AppError ? failure.error.cause : failure.error;
      logProcedureError(log, { ...failure, error });
      // Its own answer has another shape and other words. What is thrown here is what the promise below is rejected
      // with.
      throw new Refusal(error, failure.ctx?.requestId);
    },
  });
  rest.use(parseJson, (request, response, next) => {
    handle(request, response, next).catch(next);
  });
  rest.use((request, response, next) => {
    const allowed = methodsOf(request.path);
    if (allowed.length === 0) return next(new AppError('request.unknown'));
    response.set('Allow', allowed.join(', '));
    next(new AppError('request.method'));
  });
  return rest;
}

/** Made once: to write it down anew for each request costs more than all else that a stranger may ask for. */
function serveDocument(): RequestHandler {
  let made: { body: Buffer; tag: string } | undefined;
  return (_request, response) => {
    const { body, tag } = (made ??= writeDocument());
    // Express answers 304 to whoever has this one.
    response.set({ ETag: tag, 'Cache-Control': 'no-cache' }).type('json').send(body);
  };
}

function writeDocument() {
  const body = Buffer.from(JSON.stringify(describeApi()));
  return { body, tag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}

/**
 * Here and not in the handler, which knows no `application/json; charset=utf-8` and asks for a content type where there
 * is no content.
 */
const parseJson: RequestHandler = (request, _response, next) => {
  if (request.method === 'GET' || request.method === 'DELETE') return next();
  const text: unknown = request.body;
  if (typeof text === 'string' && text !== '') {
    if (!request.is('application/json')) return next(new AppError('request.media_type'));
    const body = parseObject(text);
    if (!body) return next(new AppError('input.invalid'));
    request.body = body;
  } else {
    request.body = {};
  }
  request.headers['content-type'] = 'application/json';
  next();
};

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    // Not JSON. Where exactly it breaks is for the caller's own parser to say.
    return null;
  }
}

function methodsOf(path: string): string[] {
  const { paths = {} } = describeApi();
  const found = Object.keys(paths).filter((template) =>
    new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}/?$`, 'i').test(path),
  );
  return found.flatMap((template) => Object.keys(paths[template] ?? {})).map((method) => method.toUpperCase());
}
