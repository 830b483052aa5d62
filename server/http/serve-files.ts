import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';

/** What tools/build/builders.mjs lays beside a file, in the order in which we would rather send it. */
const COPIES = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
] as const;

/**
 * The files of the built pages, the only answers of the pages' listener that a browser may keep: they are the same for
 * everybody. Whoever accepts it gets the copy that was compressed when they were built.
 * @param client the folder that Remix built for browsers
 */
export function serveFiles(client: string): Router {
  return express
    .Router()
    .use('/assets', serveFolder(join(client, 'assets')))
    .use('/locales', serveFolder(join(client, 'locales')));
}

function serveFolder(folder: string): Router {
  const serve = express.static(folder, {
    // The redirect to a folder's own address would bring a policy of its own.
    redirect: false,
    fallthrough: false,
    setHeaders: (response, path) => {
      // Their names carry a hash of their content.
      response.set('Cache-Control', 'public, max-age=31536000, immutable');
      const copy = COPIES.find(({ ending }) => path.endsWith(ending));
      if (copy) response.set('Content-Encoding', copy.encoding).type(extname(path.slice(0, -copy.ending.length)));
    },
  });
  return express.Router().use(chooseCopy(folder), serve);
}

/** Turns the request into one for the smallest copy there is that the client reads (RFC 9110, 12.5.3). */
function chooseCopy(folder: string): RequestHandler {
  const names = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `/${name}`));
  return (request, response, next) => {
    response.vary('Accept-Encoding');
    // Each by itself: of several that a client likes equally Express takes the one that it names first, which is gzip.
    const copy = COPIES.find(
      ({ encoding, ending }) => names.has(request.path + ending) && request.acceptsEncodings(encoding),
    );
    if (copy) request.url = request.path + copy.ending;
    next();
  };
}
