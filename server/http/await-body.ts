import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

/**
 * Lets a request go on when its whole body is here, and leaves the body to whoever reads it. Who asks is looked up
 * after it: a form whose last byte is held back would act in the name of somebody who has been shut out meanwhile.
 * Behind `guardRequests`, which bounds what is kept and demands a Content-Length. Whoever goes away before the end is
 * not heard.
 */
export const awaitBody: RequestHandler = (request, _response, next) => {
  arrival(request).then((isWhole) => isWhole && next(), next);
};

/** Whether the body came to its end. */
async function arrival(request: IncomingMessage): Promise<boolean> {
  const length = Number(request.headers['content-length'] ?? 0);
  const chunks: Buffer[] = [];
  for (let received = 0; received < length;) {
    const chunk = request.read() as Buffer | null;
    if (chunk) {
      chunks.push(chunk);
      received += chunk.length;
    } else if (!(await hasMore(request))) return false;
  }
  // Before the stream notices that it is empty, which would end it.
  if (chunks.length > 0) request.unshift(Buffer.concat(chunks));
  return true;
}

function hasMore(request: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => {
    if (request.destroyed) return resolve(false);
    const settle = (is: boolean) => () => {
      for (const [event, listener] of listeners) request.off(event, listener);
      resolve(is);
    };
    const gone = settle(false);
    // A client that goes away is an error too; unheard, it would end the process.
    const listeners = [
      ['readable', settle(true)],
      ['close', gone],
      ['error', gone],
    ] as const;
    for (const [event, listener] of listeners) request.on(event, listener);
  });
}
