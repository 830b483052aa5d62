import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { CLOSE } from '../agent/protocol';
import { createContext } from './context';
import { keepAlive } from './sockets/keep-alive';
import { logProcedureError } from './log';
import { appRouter } from './router';
import type { Services } from './services';
import { closeFirmly } from './sockets/close-firmly';
import { refuseUpgrade, type UpgradeHandler } from './sockets/upgrade';

/** What a page sends is a subscription's input: two hundred ids at most. */
const MAX_FRAME_BYTES = 64 * 1024;

/** Open pages' WebSockets. A socket belongs to the session it was opened with and ends with it. */
export function createLiveUpgrade(services: Services): { upgrade: UpgradeHandler; closeAll(): Promise<void> } {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  return {
    async upgrade(request, socket, head) {
      // Before the session is read: one that ends in between must not leave a socket behind.
      const ended = new Set<string>();
      const stop = services.events.listen('session.ended', ({ sessionId }) => ended.add(sessionId));
      const session = await services.sessions.find(request.headers.cookie).finally(stop);
      if (!session || ended.has(session.id)) return refuseUpgrade(socket, 401);

      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', (error) => services.log.debug({ err: error }, 'a page broke the protocol'));
        const stopListening = services.events.listen('session.ended', ({ sessionId }) => {
          if (sessionId === session.id) void closeFirmly(webSocket, CLOSE.ACCESS_WITHDRAWN, '');
        });
        webSocket.once('close', stopListening);
        keepAlive(webSocket, services.config.heartbeat.ping_seconds);
        void getWSConnectionHandler({
          router: appRouter,
          wss: webSockets,
          createContext: () => ({ ...createContext(services, 'web', request), session }),
          onError: (failure) => logProcedureError(services.log, failure),
        })(webSocket, request);
      });
    },
    async closeAll() {
      await Promise.all([...webSockets.clients].map((client) => closeFirmly(client, CLOSE.SERVICE_RESTART, '')));
    },
  };
}
