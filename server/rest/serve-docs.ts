import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import { NEXT_TOKEN_HEADER } from '../tokens/next-token-header';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>SysManage API</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/**
 * Keeps the next token of each answer, so that one can try things out without pasting it in every time: for as long as
 * what one has authorised with is what the first of them followed from.
 */
const START = `let next = null;
let following = null;
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  // The badge asks a public service what it thinks of the document.
  validatorUrl: null,
  requestInterceptor(request) {
    const given = request.headers.Authorization;
    if (!given) return request;
    if (given !== following) [next, following] = [null, given];
    if (next) request.headers.Authorization = 'Bearer ' + next;
    return request;
  },
  responseInterceptor(response) {
    next = response.headers['${NEXT_TOKEN_HEADER.toLowerCase()}'] ?? next;
    return response;
  },
});
`;

/** Swagger UI sets styles on elements, which cannot load or run anything; its icons are in its style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** `/docs`: Swagger UI on our own document, every file of it from here. */
export function serveDocs(): Router {
  const docs = express.Router();
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const withPolicy: RequestHandler = (_request, response, next) => {
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' });
    next();
  };
  docs.get('/docs', withPolicy, (_request, response) => void response.type('html').send(PAGE));
  docs.get('/docs/start.js', withPolicy, (_request, response) => void response.type('js').send(START));
  for (const file of FILES) {
    docs.get(`/docs/${file}`, withPolicy, (_request, response) =>
      response.sendFile(file, { root: folder, cacheControl: false }),
    );
  }
  return docs;
}
