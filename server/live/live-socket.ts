import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE } from '../../agent/protocol';
import type { Session } from '../auth/session';
import { watchSessions } from '../auth/watch-sessions';
import { createContext } from '../context';
import { EVERY } from '../events';
import { logProcedureError } from '../log';
import { appRouter } from '../router';
import type { OriginGuard } from '../http/same-origin';
import type { Services } from '../services';
import { boundSocket } from '../sockets/bound-socket';
import { closeFirmly } from '../sockets/close-firmly';
import { keepAlive } from '../sockets/keep-alive';
import { type Bounds, createMeter, createMeters } from '../sockets/meter';
import type { UpgradeHandler } from '../http/upgrade';
import { writtenEncoder } from './written';

/** What a page sends is what it watches: two hundred ids, and a little. */
const MAX_FRAME_BYTES = 64 * 1024;

/** A page has one subscription, and one that it just left while it ends. It asks something once a minute. */
const OF_A_SOCKET: Bounds = {
  atOnce: { subscriptions: 4, calls: 8 },
  rates: { frames: { burst: 300, perSecond: 20 } },
};

/** Somebody with forty tabs, all of which come back at once when the server does, and who then goes on paging. */
const OF_A_SESSION: Bounds = {
  atOnce: { sockets: 64 },
  rates: {
    sockets: { burst: 200, perSecond: 2 },
    subscriptions: { burst: 200, perSecond: 2 },
    // Each page that is opened, and each time that its data is loaded again.
    watches: { burst: 300, perSecond: 20 },
    calls: { burst: 100, perSecond: 2 },
  },
};

/** Two hundred hosts, all of them changed, are a quarter of it. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Open pages' WebSockets. A socket belongs to the session it was opened with and ends with it. */
export function createLiveUpgrade(
  services: Services,
  origins: Pick<OriginGuard, 'isSameOrigin'>,
): { upgrade: UpgradeHandler; closeAll(): Promise<void> } {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  const watched = watchSessions(services);
  const meterOf = createMeters(OF_A_SESSION);
  let isClosing = false;

  function serve(webSocket: WebSocket, request: IncomingMessage, session: Session) {
    webSocket.on('error', (error) => services.log.debug({ err: error }, 'a page broke the protocol'));
    const shared = meterOf(session.id);
    const onExcess = (what: string) =>
      services.log.info({ userId: session.user.id, what }, 'a page asked for too much and was cut off');
    const excess = shared.begin('sockets');
    if (excess !== null) {
      onExcess(excess);
      return void closeFirmly(webSocket, CLOSE.TOO_MUCH, excess);
    }
    webSocket.once('close', () => shared.end('sockets'));
    const encoder = boundSocket(webSocket, writtenEncoder, {
      meters: [createMeter(OF_A_SOCKET), shared],
      nameOf: ({ method, path }) =>
        method === 'subscription' ? 'subscriptions' : path === 'live.watch' ? 'watches' : 'calls',
      transport: request.socket,
      waitingBytes: MAX_WAITING_BYTES,
      onExcess,
    });
    const onEnd = () => void closeFirmly(webSocket, CLOSE.ACCESS_WITHDRAWN, '');
    // Its rights are those it was opened with. The page opens another at once, with those of now.
    const onChange = () => void closeFirmly(webSocket, CLOSE.SERVICE_RESTART, '');
    const stops = [
      services.events.listen('session.ended', session.id, onEnd),
      services.events.listen('user.changed', session.user.id, onChange),
      watched.watch({ session, onEnd, onChange }),
    ];
    const page = services.hub.open(session);
    webSocket.once('close', () => {
      for (const stop of stops) stop();
      page.close();
    });
    keepAlive(webSocket, services.config.heartbeat.ping_seconds);
    void getWSConnectionHandler({
      router: appRouter,
      wss: webSockets,
      createContext: () => ({ ...createContext(services, 'web', request), session, page }),
      onError: (failure) => logProcedureError(services.log, failure),
      experimental_encoder: encoder,
    })(webSocket, request);
  }

  return {
    async upgrade(request, socket, head, answer) {
      // Browsers send cookies with a foreign page's WebSocket too, and no same-origin policy stops it.
      if (!origins.isSameOrigin(request)) return answer(403);
      // Before the session is read and until the socket listens itself: one that ends in between must not leave a
      // socket behind.
      const [ended, changed] = [new Set<string>(), new Set<string>()];
      const stops = [
        services.events.listen('session.ended', EVERY, ({ sessionId }) => ended.add(sessionId)),
        services.events.listen('user.changed', EVERY, ({ userId }) => changed.add(userId)),
      ];
      try {
        const { sessions } = createContext(services, 'web', request);
        let session: Awaited<ReturnType<typeof sessions.find>>;
        do {
          changed.clear();
          session = await sessions.find(request.headers.cookie);
          // Read again: its rights may be those of before.
        } while (session && changed.has(session.user.id));
        if (!session || ended.has(session.id)) return answer(401);
        // Pages come back at once; `closeAll` would not close this one, and the listener waits for its last socket.
        if (isClosing) return answer(503);
        webSockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, request, session));
      } finally {
        for (const stop of stops) stop();
      }
    },
    async closeAll() {
      isClosing = true;
      await Promise.all([...webSockets.clients].map((client) => closeFirmly(client, CLOSE.SERVICE_RESTART, '')));
    },
  };
}
