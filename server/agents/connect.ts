import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ChannelKeys, createFrameCodec, deriveChannelKeys, type FrameCodec } from '../../agent/frame-codec';
import { CLOSE, CONNECTION_TOKEN_HEADER, MAX_FRAME_BYTES } from '../../agent/protocol';
import { ofRefusedHost, recordRefusal } from '../audit/record-refusal';
import { peerAddress } from '../http/client-address';
import { createContext } from '../context';
import { suspectClone } from '../clones/suspect-clone';
import { logProcedureError, logRefusal } from '../log';
import { appRouter } from '../router';
import type { Services } from '../services';
import { answersPing } from '../sockets/answers-ping';
import { boundSocket } from '../sockets/bound-socket';
import { callAt } from '../sockets/call-at';
import { closeFirmly } from '../sockets/close-firmly';
import { keepAlive } from '../sockets/keep-alive';
import { type Bounds, createMeter } from '../sockets/meter';
import { atPace, createPace } from '../sockets/pace';
import type { UpgradeHandler } from '../http/upgrade';
import { adoptRenewal } from './adopt-renewal';
import type { AgentIdentity, AgentRefusal } from './agent-identity';
import { authenticateAgent, verifyPeer } from './authenticate';
import { createCutOffs } from './cut-offs';
import { type Slot, speaksForHost } from './sockets';

/**
 * How long the connection that is there may take to show that it lives when another comes. A bad line is slower than
 * none.
 */
const HOLDER_PATIENCE_MS = 3000;

/**
 * Several times what an agent of ours does: it looks for changes every 5 s and says hello at each, measures once a
 * second at most and at each change besides, reports up to a hundred errors that waited for the connection, and asks
 * one thing at a time. More of what is a row has limits of its own.
 */
const OF_A_CONNECTION: Bounds = {
  atOnce: { subscriptions: 4, calls: 16 },
  rates: {
    frames: { burst: 600, perSecond: 50 },
    'agents.hello': { burst: 10, perSecond: 0.4 },
    'agents.heartbeat': { burst: 30, perSecond: 3 },
    // One at a time, each answered after a commit, of which there are twenty a second.
    'agents.commandUpdate': { burst: 120, perSecond: 30 },
    'agents.inbox': { burst: 5, perSecond: 0.1 },
    'agents.renewCertificate': { burst: 30, perSecond: 0.1 },
    'agents.offerFacts': { burst: 12, perSecond: 0.1 },
    'agents.reportFacts': { burst: 32, perSecond: 0.2 },
    'agents.reportError': { burst: 120, perSecond: 1 },
    other: { burst: 30, perSecond: 1 },
  },
};

/** What a host is told is a few lines. */
const MAX_WAITING_BYTES = 256 * 1024;

/** The agents' door: verifies the certificate by its own bytes, then the rows, spends the token, then upgrades. */
export function createAgentUpgrade(services: Services): UpgradeHandler {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  const cutOffs = createCutOffs(services);
  const pace = createPace();

  return async function connectAgent(request, socket, head, answer) {
    const refuse = async (why: AgentRefusal) => {
      logRefusal(services.log, 'agent connection refused', { ...why, address: peerAddress(request) });
      const { reason, serial } = why;
      const context = { ...createContext(services, 'channel', request), agentRefusal: why };
      await recordRefusal(context, {
        action: 'agent.connect',
        outcome: 'refused',
        code: 'auth.forbidden',
        ...ofRefusedHost(context),
        after: { reason, serial },
      });
      answer(403);
    };
    if (services.sockets.isClosing()) return answer(503);
    const shown = verifyPeer(services, request);
    if (!shown.ok) return refuse({ reason: shown.reason, clock: shown.clock });

    const { hostId, serial } = shown;
    if (cutOffs.has({ hostId, address: peerAddress(request) })) return answer(429);
    const slot = services.sockets.reserve({ hostId, serial, address: peerAddress(request) });
    // Before anything is awaited: the peer may be gone by then, and ws drops its request without calling back.
    socket.once('close', () => slot.socket ?? services.sockets.release(slot));
    try {
      const agent = await authenticateAgent(services.db, shown);
      if ('reason' in agent) {
        services.sockets.release(slot);
        return refuse(agent);
      }
      // Or a copy with the former certificate would take the place, and hold back the machine that was asked to renew.
      if (!agent.isRenewal && services.sockets.isAwaitingRenewed(hostId)) {
        services.sockets.release(slot);
        return answer(503);
      }
      // Last of all: whoever is refused for anything else has not spent it.
      const spent = services.connections.spend(request.socket, request.headers[CONNECTION_TOKEN_HEADER]?.toString());
      if (typeof spent === 'string') {
        services.sockets.release(slot);
        return refuse({ reason: `token_${spent}`, hostId, serial, fqdn: agent.fqdn });
      }
      const keys = deriveChannelKeys(spent.secret, serial);
      let isHeld = false;
      let mayStay = !agent.isRenewal;
      for (;;) {
        const holder = services.sockets.holder(hostId);
        if (holder) {
          // Whoever was first stays if it is there. If its network has died under it, this is its machine coming back.
          isHeld = await answersPing(holder.socket!, HOLDER_PATIENCE_MS);
          if (isHeld) break;
          services.sockets.retire(holder);
        } else if (!mayStay) {
          // Only now: a copy that is held must not supersede the certificate of the one that was first.
          const refusal = await adoptRenewal(services, agent);
          if (refusal) {
            services.sockets.release(slot);
            return refuse({ reason: refusal, hostId, serial, fqdn: agent.fqdn });
          }
          mayStay = true;
        } else break;
      }
      // No await from the last look at the holder to here, or two newcomers would both find its place empty.
      webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        serve(webSocket, { request, agent, slot, keys, isHeld }),
      );
    } catch (error) {
      services.sockets.release(slot);
      throw error;
    }
  };

  function serve(webSocket: WebSocket, { request, agent, slot, keys, isHeld }: Admitted) {
    const { log, presence, sockets, config } = services;
    const { hostId } = agent;
    let reason: 'closed' | 'lost' | 'silent' | 'protocol' = 'lost';
    webSocket.on('error', (error) => {
      reason = 'protocol';
      log.warn({ hostId, err: error }, 'agent broke the protocol');
    });
    webSocket.on('close', (code, said) => {
      // 1006: no close frame came. Anything else is the agent's own word.
      if (code !== 1006 && reason === 'lost') reason = code === CLOSE.FRAME_REFUSED ? 'protocol' : 'closed';
      if (code === CLOSE.RENEWED) sockets.awaitRenewed(slot);
      const wasLast = sockets.release(slot);
      log.info({ hostId, code, said: said.toString(), reason }, 'agent disconnected');
      if (isHeld) services.events.emit('host.changed', { hostId });
      if (!wasLast || sockets.isClosing()) return;
      if (code === CLOSE.RENEWED) presence.returning(hostId);
      else presence.down(hostId, reason);
    });
    if (!sockets.open(slot, webSocket, isHeld)) return;
    if (isHeld) {
      log.warn(
        { hostId, fqdn: agent.fqdn, address: slot.address },
        'agent held: another machine is connected with its certificate',
      );
      // At once, for whoever never says hello.
      suspectClone(services, slot).catch((error: unknown) =>
        log.error({ hostId, err: error }, 'a copied machine was not recorded'),
      );
    } else {
      presence.up(hostId, slot.address);
      webSocket.once('close', services.handshakes.arrived(slot.address));
      log.info({ hostId, fqdn: agent.fqdn }, 'agent connected');
    }
    keepAlive(webSocket, config.heartbeat.ping_seconds, {
      onLife: () => speaksForHost(slot) && presence.seen(hostId),
      onSilent: () => (reason = 'silent'),
    });
    const codec = createFrameCodec({ send: keys.toAgent, receive: keys.toServer }, (fault) => {
      reason = 'protocol';
      log.warn({ hostId, fault, address: request.socket.remoteAddress }, 'agent frame refused');
      void closeFirmly(webSocket, CLOSE.FRAME_REFUSED, fault);
    });
    const encoder = boundSocket(webSocket, countFrames(codec, services.measures), {
      meters: [createMeter(OF_A_CONNECTION)],
      nameOf: ({ path }) => path,
      transport: request.socket,
      waitingBytes: MAX_WAITING_BYTES,
      onExcess(what) {
        reason = 'protocol';
        cutOffs.add(slot, what).catch((error: unknown) => {
          log.error({ hostId, err: error }, 'a host that was cut off was not recorded');
        });
      },
    });
    // Its certificate was judged as it came. From then on it would not be let in.
    const expiry = callAt(agent.notAfter, () => {
      log.warn({ hostId, fqdn: agent.fqdn }, 'agent disconnected: its certificate has expired');
      void closeFirmly(webSocket, CLOSE.ACCESS_WITHDRAWN, '');
    });
    webSocket.once('close', expiry);
    // Before tRPC's own listener, which answers the texts PING and PONG without asking the codec.
    webSocket.on('message', (_data, isBinary) => {
      if (!isBinary) codec.refuse('text');
    });
    void getWSConnectionHandler({
      router: appRouter,
      wss: webSockets,
      createContext: () => ({ ...createContext(services, 'channel', request), agent, connection: slot }),
      onError: (failure) => logProcedureError(log, failure),
      experimental_encoder: encoder,
      dangerouslyDisablePong: true,
    })(atPace(webSocket, pace), request);
  }
}

const countFrames = (codec: FrameCodec, { frames }: Services['measures']): FrameCodec => ({
  ...codec,
  encode(message) {
    frames.inc('out');
    return codec.encode(message);
  },
  decode(frame) {
    frames.inc('in');
    return codec.decode(frame);
  },
});

/** A connection that was let in. */
interface Admitted {
  request: IncomingMessage;
  agent: AgentIdentity;
  slot: Slot;
  keys: ChannelKeys;
  /** Another machine is connected with the same certificate. */
  isHeld: boolean;
}
