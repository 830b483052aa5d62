import { on } from 'node:events';
import {
  createTRPCClient,
  createWSClient,
  TRPCClientError,
  wsLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { WebSocket } from 'ws';
import type { AppRouter } from '../../server/router';
import type { Grant } from './ask-for-connection';
import { createFrameCodec, FrameError, type FrameFault } from '../frame-codec';
import type { HttpsClient } from '../https-fetch';
import { AGENT_SOCKET_PATH, CLOSE } from '../protocol';
import { defineAgentSocket, type Ending } from './socket';

/** How long the server may take to answer our close frame before the socket is destroyed. */
const CLOSE_PATIENCE_MS = 500;
/** RFC 6455 §7.4.1 */
const CLOSE_NORMAL = 1000;
/** Of the range for private use: a call failed that this connection cannot do without. */
const CLOSE_FAILED = 4000;

/** A message to no call of ours, which tRPC passes over. It takes down the process when its decoder throws. */
const NOTHING = { id: null, result: { type: 'stopped' } };

/** One connection to the server, from the attempt to the end. It never reconnects. */
export interface Connection {
  client: TRPCClient<AppRouter>;
  /** Aborts the moment the connection is over. */
  over: AbortSignal;
  /** Resolves when it is over, also when it never came about. Never rejects. */
  ended: Promise<Ending>;
  /**
   * The server said in answer to our hello that it takes reports of configurations without what goes without saying.
   */
  takesBriefReports: boolean;
  /** Resolves when the server has answered a ping that is sent now, or when the connection is over: whether it has. */
  answers(): Promise<boolean>;
  /** Ends it in good order: 1000 unless something failed. */
  close(failure?: Error): void;
  /** Ends it in good order: this machine comes back at once with its new certificate. */
  closeRenewed(): void;
}

export interface ConnectionOptions {
  server: URL;
  https: HttpsClient;
  grant: Grant;
  /** Milliseconds between pings. */
  pingMs: number;
}

export function openConnection({ server, https, grant, pingMs }: ConnectionOptions): Connection {
  const over = new AbortController();
  let end!: (ending: Ending) => void;
  const ended = new Promise<Ending>((resolve) => (end = resolve));
  let socket: WebSocket | undefined;
  let failure: Error | undefined;
  let fault: FrameFault | undefined;
  let isClosing = false;
  /** Pings whose answers somebody waits for; those that only keep the line alive say nothing. */
  let asked = 0;

  const closeWith = (code: number, reason?: string) => {
    isClosing = true;
    socket?.close(code, reason);
    setTimeout(() => socket?.terminate(), CLOSE_PATIENCE_MS).unref();
  };
  const codec = createFrameCodec({ send: grant.keys.toServer, receive: grant.keys.toAgent }, (found) => {
    fault = found;
    closeWith(CLOSE.FRAME_REFUSED, found);
  });
  const AgentSocket = defineAgentSocket({
    agent: https.agent,
    token: grant.token,
    pingMs,
    onMade(made) {
      socket = made;
      if (isClosing) made.terminate();
    },
    onText: () => codec.refuse('text'),
    onEnd(ending) {
      end({ ...ending, fault, error: failure ?? ending.error });
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
    experimental_encoder: {
      encode: codec.encode,
      decode(frame) {
        try {
          return codec.decode(frame);
        } catch (error) {
          if (error instanceof FrameError) return NOTHING; // the codec has closed the connection
          throw error;
        }
      },
    },
  });

  return {
    client: createTRPCClient<AppRouter>({ links: [refuseAfter(over.signal), wsLink({ client: webSockets })] }),
    over: over.signal,
    ended,
    takesBriefReports: false,
    async answers() {
      if (!socket || isClosing || over.signal.aborted) return false;
      const mark = String(++asked);
      socket.ping(mark);
      try {
        for await (const [echo] of on(socket, 'pong', { signal: over.signal })) {
          if (String(echo) === mark) return true;
        }
      } catch {
        // It is over, or breaks: why is said where it ends.
      }
      return false;
    },
    close(reason) {
      if (isClosing || over.signal.aborted) return;
      failure = reason;
      closeWith(reason ? CLOSE_FAILED : CLOSE_NORMAL);
    },
    closeRenewed() {
      if (!isClosing && !over.signal.aborted) closeWith(CLOSE.RENEWED);
    },
  };
}

/** tRPC would open a socket for a call that comes after the end, with a token that is used up, again and again. */
const refuseAfter =
  (over: AbortSignal): TRPCLink<AppRouter> =>
  () =>
  ({ next, op }) =>
    over.aborted
      ? observable((observer) => observer.error(TRPCClientError.from(new Error('the connection is over'))))
      : next(op);
