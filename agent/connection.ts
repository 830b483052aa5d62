import { createTRPCClient, createWSClient, wsLink, type TRPCClient } from '@trpc/client';
import type { WebSocket } from 'ws';
import type { AppRouter } from '../server/router';
import { AGENT_SOCKET_PATH } from './protocol';
import { defineAgentSocket, type Credentials, type Ending } from './socket';

/** How long the server may take to answer our close frame before the socket is destroyed. */
const CLOSE_PATIENCE_MS = 500;
/** RFC 6455 §7.4.1 */
const CLOSE_NORMAL = 1000;
/** Of the range for private use: a call failed that this connection cannot do without. */
const CLOSE_FAILED = 4000;

/** One connection to the server, from the attempt to the end. It never reconnects. */
export interface Connection {
  client: TRPCClient<AppRouter>;
  /** Aborts the moment the connection is over. */
  over: AbortSignal;
  /** Resolves when it is over, also when it never came about. Never rejects. */
  ended: Promise<Ending>;
  /** Ends it in good order: 1000 unless something failed. */
  close(failure?: Error): void;
}

export interface ConnectionOptions {
  server: URL;
  credentials: Credentials;
  /** Milliseconds between pings. */
  pingMs: number;
}

export function openConnection({ server, credentials, pingMs }: ConnectionOptions): Connection {
  const over = new AbortController();
  let end!: (ending: Ending) => void;
  const ended = new Promise<Ending>((resolve) => (end = resolve));
  let socket: WebSocket | undefined;
  let failure: Error | undefined;
  let isClosing = false;

  const AgentSocket = defineAgentSocket({
    credentials,
    pingMs,
    onMade(made) {
      socket = made;
      if (isClosing) made.terminate();
    },
    onEnd(ending) {
      end(failure ? { ...ending, error: failure } : ending);
      over.abort();
    },
  });
  // tRPC's own reconnecting knows neither our backoff nor the server's close codes: it is stopped at the first end.
  const stopClient = () => void webSockets.close();
  const webSockets = createWSClient({
    url: new URL(AGENT_SOCKET_PATH, server).href.replace(/^https:/, 'wss:'),
    // ws differs from the browser's class in its types alone.
    WebSocket: AgentSocket as unknown as typeof globalThis.WebSocket,
    onClose: stopClient,
    onError: stopClient,
  });

  return {
    client: createTRPCClient<AppRouter>({ links: [wsLink({ client: webSockets })] }),
    over: over.signal,
    ended,
    close(reason) {
      if (isClosing || over.signal.aborted) return;
      isClosing = true;
      failure = reason;
      socket?.close(reason ? CLOSE_FAILED : CLOSE_NORMAL);
      setTimeout(() => socket?.terminate(), CLOSE_PATIENCE_MS).unref();
    },
  };
}
