import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerBare } from './answer-bare';

/** For `createServer`: a request without a name comes to `serveReadable`. Node's own answer to it has no headers of ours. */
export const READS_EVERYTHING = { requireHostHeader: false } as const;

/**
 * Gives an app the requests that everything in it can read, and answers what is none: 413 when its head is too large,
 * 408 when it does not come to its end, 417 when it expects what nobody here does, 400 otherwise. Node does most of it
 * too, without any of the headers that our answers have.
 */
export function serveReadable(server: Server, app: RequestListener, headers: Record<string, string>): void {
  const refuse = (response: ServerResponse, status: number) => {
    response.writeHead(status, { ...headers, Connection: 'close', 'Content-Length': '0' }).end();
  };
  server.on('request', (request, response) => (hasAddress(request) ? app(request, response) : refuse(response, 400)));
  server.on('checkExpectation', (_request, response: ServerResponse) => refuse(response, 417));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex & { _httpMessage?: ServerResponse | null }) => {
    const status = statusOf(error.code ?? '');
    // Told already, and on its way out. Destroyed while more of it comes in, the connection is reset and the answer lost.
    if (status && socket.writableEnded) return;
    // What failed before HTTP (TLS, the connection itself) has nobody left to answer, and a second head in the middle of
    // an answer would be read as a part of it.
    if (!status || !socket.writable || socket._httpMessage?.headersSent) return void socket.destroy();
    answerBare(socket, status, headers);
  });
}

/**
 * Whether its address is a path of a named server, which Remix, tRPC and we ourselves make a URL of. `*`, or the whole
 * URL that a proxy is asked for, is nothing that is here.
 */
export const hasAddress = ({ url = '', headers: { host } }: IncomingMessage): boolean =>
  host !== undefined && url.startsWith('/') && URL.canParse(url, `http://${host}`);

function statusOf(code: string): number | null {
  // As for a body. Node says 431, of which scripts would have to know besides.
  if (code === 'HPE_HEADER_OVERFLOW') return 413;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code.startsWith('HPE_') ? 400 : null;
}
