import { pipeline, Readable } from 'node:stream';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { createReadableStreamFromReadable } from '@remix-run/node';

const mark = (headers: Headers) => {
  headers.set('Content-Encoding', 'gzip');
  headers.append('Vary', 'Accept-Encoding');
};

/** Where React writes a page, and says in its headers how it goes out. React flushes it after each part. */
export function compressedBody(headers: Headers): Gzip {
  mark(headers);
  return createGzip();
}

/** The same answer, compressed. What it has so far does not wait for the rest. */
export function compress(answer: Response): Response {
  if (!answer.body) return answer;
  const { status, statusText, headers } = answer;
  mark(headers);
  const body = createGzip({ flush: constants.Z_SYNC_FLUSH });
  // A failure ends the new body as it ended the old one: whoever reads it is told there.
  pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), body, () => undefined);
  return new Response(createReadableStreamFromReadable(body), { status, statusText, headers });
}
