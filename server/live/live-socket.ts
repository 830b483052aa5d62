import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE } from '../../agent/protocol';
import type { Session } from '../auth/session';
import { watchSessions } from '../auth/watch-sessions';
import { createContext } from '../context';
import { logProcedureError } from '../log';
import { appRouter } from '../router';
import { isSameOrigin } from '../http/same-origin';
import type { Services } from '../services';
import { closeFirmly } from '../sockets/close-firmly';
import { keepAlive } from '../sockets/keep-alive';
import type { UpgradeHandler } from '../http/upgrade';

/** What a page sends is a subscription's input: two hundred ids at most. */
const MAX_FRAME_BYTES = 64 * 1024;

/** Open pages' WebSockets. A socket belongs to the session it was opened with and ends with it. */
export function createLiveUpgrade(services: Services): { upgrade: UpgradeHandler; closeAll(): Promise<void> } {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  const watched = watchSessions(services);
  let isClosing = false;

  function serve(webSocket: WebSocket, request: IncomingMessage, session: Session) {
    webSocket.on('error', (error) => services.log.debug({ err: error }, 'a page broke the protocol'));
    const onEnd = () => void closeFirmly(webSocket, CLOSE.ACCESS_WITHDRAWN, '');
    // Its rights are those it was opened with. The page opens another at once, with those of now.
    const onChange = () => void closeFirmly(webSocket, CLOSE.SERVICE_RESTART, '');
    const stops = [
      services.events.listen('session.ended', ({ sessionId }) => {
        if (sessionId === session.id) onEnd();
      }),
      services.events.listen('user.changed', ({ userId }) => {
        if (userId === session.user.id) onChange();
      }),
      watched.watch({ session, onEnd, onChange }),
    ];
    webSocket.once('close', () => {
      for (const stop of stops) stop();
    });
    keepAlive(webSocket, services.config.heartbeat.ping_seconds);
    void getWSConnectionHandler({
      router: appRouter,
      wss: webSockets,
      createContext: () => ({ ...createContext(services, 'web', request), session }),
      onError: (failure) => logProcedureError(services.log, failure),
    })(webSocket, request);
  }

  return {
    async upgrade(request, socket, head, answer) {
      // Browsers send cookies with a foreign page's WebSocket too, and no same-origin policy stops it.
      if (!isSameOrigin(request)) return answer(403);
      // Before the session is read and until the socket listens itself: one that ends in between must not leave a socket behind.
      const [ended, changed] = [new Set<string>(), new Set<string>()];
      const stops = [
        services.events.listen('session.ended', ({ sessionId }) => ended.add(sessionId)),
        services.events.listen('user.changed', ({ userId }) => changed.add(userId)),
      ];
      try {
        const session = await services.sessions.find(request.headers.cookie);
        if (!session || ended.has(session.id)) return answer(401);
        // Pages come back at once; `closeAll` would not close this one, and the listener waits for its last socket.
        if (isClosing || changed.has(session.user.id)) return answer(503);
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
