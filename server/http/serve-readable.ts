import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerBare, headersOf } from './answer-bare';

/**
 * For `createServer`: a request without a name comes to `serveReadable`. Node's own answer to it has no headers of
 * ours.
 */
export const READS_EVERYTHING = { requireHostHeader: false } as const;

/**
 * For `createServer`: how long a request may take to come, of which no more than a few kilobytes are read. Node's own
 * five minutes let a stranger keep that many of them in memory. It looks at them every now and then, by default half a
 * minute.
 */
export const PATIENCE = { headersTimeout: 15_000, requestTimeout: 30_000, connectionsCheckingInterval: 5000 } as const;

/**
 * For `createServer` with TLS. Node's own two minutes let a stranger keep as many sockets open as he may begin
 * handshakes in that time.
 */
export const HANDSHAKE_PATIENCE = { handshakeTimeout: 15_000 } as const;

/**
 * Whoever takes nothing for so long keeps an answer in memory, and a connection, for nobody. A reader that is slow but
 * reads is not meant: a download may take hours.
 */
const STALLED_MS = 60_000;

/**
 * How many requests of one connection may wait for the answer before theirs. Browsers, proxies and agents send none.
 */
const MAX_WAITING = 8;

/** Node names in it the answer that is being given. */
type HttpSocket = Duplex & { _httpMessage?: ServerResponse | null };

/**
 * Gives an app the requests that everything in it can read, one of a connection at a time, and answers what is none:
 * 413 when its head is too large, 408 when it does not come to its end, 417 when it expects what nobody here does, 400
 * otherwise. Node does most of it too, without any of the headers that our answers have.
 * @param stalledMs after how long without a byte taken an answer is cut short
 * @param bodyOf the JSON that such a refusal brings, by its status; none by default
 */
export function serveReadable(
  server: Server,
  app: RequestListener,
  headers: Record<string, string>,
  { stalledMs = STALLED_MS, bodyOf = () => '' }: { stalledMs?: number; bodyOf?: (status: number) => string } = {},
): void {
  const refuse = (response: ServerResponse, status: number) => {
    const body = bodyOf(status);
    response.writeHead(status, { ...headers, Connection: 'close', ...headersOf(body) }).end(body);
  };
  // Node counts from the last byte that came or was taken. An app that says nothing for so long may go on: then nothing
  // waits to be taken. Heard here, it is also ours to end connections that nothing was asked on for a while.
  server.setTimeout(stalledMs, (socket) => {
    if (!isAnswering(socket) || socket.writableLength > 0) socket.destroy();
  });
  const inTurn = queueRequests();
  server.on(
    'request',
    inTurn((request, response) => (hasAddress(request) ? app(request, response) : refuse(response, 400))),
  );
  server.on(
    'checkExpectation',
    inTurn((_request, response) => refuse(response, 417)),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: HttpSocket) => {
    const status = statusOf(error.code ?? '');
    // Told already, and on its way out. Destroyed while more of it comes in, the connection is reset and the answer
    // lost.
    if (status && socket.writableEnded) return;
    // What failed before HTTP (TLS, the connection itself) has nobody left to answer, and a second head in the middle
    // of an answer would be read as a part of it.
    if (!status || !socket.writable || socket._httpMessage?.headersSent) return void socket.destroy();
    answerBare(socket, status, headers, bodyOf(status));
  });
}

/**
 * Lets what a client sends before it has its answer wait until that is out. Node would give all of it to the app at
 * once, and closes only the first answer when the connection ends: the files that the others send would stay open for
 * good. Here they are not begun, and nothing holds them any longer. Who sends too many ahead is cut off.
 */
function queueRequests(): (listener: RequestListener) => RequestListener {
  const waiting = new WeakMap<Duplex, number>();
  return (listener) => (request, response) => {
    // An answer has the connection from the start, or is given it when the one before is out.
    if (response.socket) return listener(request, response);
    const { socket } = request;
    const before = waiting.get(socket) ?? 0;
    if (before === MAX_WAITING) return void socket.destroy();
    waiting.set(socket, before + 1);
    response.once('socket', () => {
      waiting.set(socket, waiting.get(socket)! - 1);
      listener(request, response);
    });
  };
}

/** Whether an answer on the connection is not out yet: nothing else may be said on it. */
export const isAnswering = (socket: HttpSocket): boolean => Boolean(socket._httpMessage);

/** A step to here or up in a path, as a URL has it before it takes it out. */
const DOT_SEGMENT = /^[^?#]*[/\\](\.|%2e){1,2}(?=[/\\?#]|$)/i;

/**
 * Whether its address is a path of one named server (RFC 9112, 3.2), which Remix, tRPC and we ourselves make a URL of.
 * `*`, or the whole URL that a proxy is asked for, is nothing that is here. Nor is a path with a step up: clients take
 * them out before they ask, and what makes a URL of it would answer for another path than what does not.
 */
export function hasAddress({ url = '', headersDistinct }: IncomingMessage): boolean {
  const names = headersDistinct.host ?? [];
  return names.length === 1 && url.startsWith('/') && !DOT_SEGMENT.test(url) && URL.canParse(url, `http://${names[0]}`);
}

function statusOf(code: string): number | null {
  // As for a body. Node says 431, of which scripts would have to know besides.
  if (code === 'HPE_HEADER_OVERFLOW') return 413;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code.startsWith('HPE_') ? 400 : null;
}
