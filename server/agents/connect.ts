import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_FRAME_BYTES } from '../../agent/protocol';
import { verifyClientCertificate } from '../certificates/verify-client-certificate';
import { createContext } from '../context';
import { keepAlive } from '../sockets/keep-alive';
import { logProcedureError } from '../log';
import { appRouter } from '../router';
import type { Services } from '../services';
import { refuseUpgrade, type UpgradeHandler } from '../sockets/upgrade';
import { type AgentIdentity, authenticateAgent } from './authenticate';
import type { Slot } from './sockets';

/** The agents' door: verifies the certificate by its own bytes, then the rows, then upgrades. */
export function createAgentUpgrade(services: Services): UpgradeHandler {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });

  return async function connectAgent(request, socket, head) {
    if (services.sockets.isClosing()) return refuseUpgrade(socket, 503);
    // `socket.authorized` is not asked: a TLS 1.3 session resumed without any certificate reads true there.
    const shown = verifyClientCertificate(services.authority, peerCertificate(socket), new Date());
    if (!shown.ok) return refuse(request, socket, { reason: shown.reason });

    const slot = services.sockets.reserve(shown.hostId);
    // Before anything is awaited: the peer may be gone by then, and ws drops its request without calling back.
    socket.once('close', () => slot.socket ?? services.sockets.release(slot));
    try {
      const agent = await authenticateAgent(services.db, shown);
      if (typeof agent === 'string') {
        services.sockets.release(slot);
        return refuse(request, socket, { reason: agent, hostId: shown.hostId, serial: shown.serial });
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, request, agent, slot));
    } catch (error) {
      services.sockets.release(slot);
      throw error;
    }
  };

  function refuse(request: IncomingMessage, socket: Duplex, why: { reason: string; hostId?: string; serial?: string }) {
    services.log.warn({ ...why, address: request.socket.remoteAddress }, 'agent connection refused');
    refuseUpgrade(socket, 403);
  }

  function serve(webSocket: WebSocket, request: IncomingMessage, agent: AgentIdentity, slot: Slot) {
    const { log, presence, sockets, config } = services;
    let reason: 'closed' | 'lost' | 'silent' | 'protocol' = 'lost';
    webSocket.on('error', (error) => {
      reason = 'protocol';
      log.warn({ hostId: agent.hostId, err: error }, 'agent broke the protocol');
    });
    webSocket.on('close', (code) => {
      // 1006: no close frame came. Anything else is the agent's own word.
      if (code !== 1006 && reason === 'lost') reason = 'closed';
      const wasLast = sockets.release(slot);
      log.info({ hostId: agent.hostId, code, reason }, 'agent disconnected');
      if (wasLast && !sockets.isClosing()) presence.down(agent.hostId, reason);
    });
    if (!sockets.open(slot, webSocket)) return;
    presence.up(agent.hostId);
    log.info({ hostId: agent.hostId, fqdn: agent.fqdn }, 'agent connected');
    keepAlive(webSocket, config.heartbeat.ping_seconds, {
      onLife: () => presence.seen(agent.hostId),
      onSilent: () => (reason = 'silent'),
    });
    void getWSConnectionHandler({
      router: appRouter,
      wss: webSockets,
      createContext: () => ({ ...createContext(services, 'api', request), agent }),
      onError: (failure) => logProcedureError(log, failure),
    })(webSocket, request);
  }
}

function peerCertificate(socket: Duplex): Buffer | undefined {
  return (socket as TLSSocket).getPeerX509Certificate()?.raw;
}
