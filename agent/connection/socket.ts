import type { Agent } from 'node:https';
import { WebSocket } from 'ws';
import type { FrameFault } from '../frame-codec';
import { CONNECTION_TOKEN_HEADER, MAX_FRAME_BYTES } from '../protocol';

const HANDSHAKE_PATIENCE_MS = 15_000;

/** How a connection ended, or why there was none. */
export interface Ending {
  /** WebSocket close code; 1006 when there was no close frame (RFC 6455 §7.1.5). */
  code: number;
  reason: string;
  /** The HTTP status, when the server answered our asking with something else than a connection. */
  status?: number;
  /** Set when the server does not accept our certificate. */
  isRefused?: boolean;
  /** Set when we ended it because no frame had come for too long. */
  silent?: boolean;
  /** Set when we ended it because of a frame that the server cannot have sent. */
  fault?: FrameFault;
  error?: Error;
}

export interface SocketOptions {
  /** Of one TLS identity. A connection that it has open and idle is taken over. */
  agent: Agent;
  token: string;
  /** Milliseconds between our pings. A socket is destroyed after one and a half times this without a frame. */
  pingMs: number;
  /** tRPC keeps its socket to itself; we need it to close it. */
  onMade: (socket: WebSocket) => void;
  /** Called for every text frame, before tRPC hears of it. */
  onText: () => void;
  onEnd: (ending: Ending) => void;
}

/** A WebSocket class bound to one connection, for tRPC, which makes its sockets itself from nothing but an address. */
export function defineAgentSocket({ agent, token, pingMs, onMade, onText, onEnd }: SocketOptions) {
  return class AgentSocket extends WebSocket {
    constructor(address: string) {
      super(address, {
        agent,
        headers: { [CONNECTION_TOKEN_HEADER]: token },
        perMessageDeflate: false,
        maxPayload: MAX_FRAME_BYTES,
        handshakeTimeout: HANDSHAKE_PATIENCE_MS,
      });
      const ending: Ending = { code: 1006, reason: '' };
      this.on('unexpected-response', (_request, response) => {
        ending.status = response.statusCode;
        this.terminate();
      });
      this.on('error', (error) => (ending.error ??= error));
      this.on('message', (_data, isBinary) => {
        if (!isBinary) onText();
      });
      this.once('open', () => {
        endWhenSilent(this, pingMs, () => (ending.silent = true));
      });
      this.once('close', (code, reason) => onEnd({ ...ending, code, reason: reason.toString() }));
      onMade(this);
    }
  };
}

/**
 * Any inbound frame is life. A server that was silent for a ping is pinged, and has half a ping to answer; there is no
 * close handshake at the end, which a peer that is gone would not answer.
 */
export function endWhenSilent(socket: WebSocket, pingMs: number, onSilence: () => void): void {
  let deadline: NodeJS.Timeout | undefined;
  // From the ping on: where this process was late itself, nobody was asked before.
  const ask = () => {
    socket.ping();
    // Timers come before what is to be read: what came while this process did nothing else is read first.
    deadline = setTimeout(() => setImmediate(() => deadline && end()), pingMs / 2);
  };
  const end = () => {
    onSilence();
    socket.terminate();
  };
  const pinger = setTimeout(ask, pingMs);
  const alive = () => {
    clearTimeout(deadline);
    deadline = undefined;
    pinger.refresh();
  };
  socket.on('message', alive).on('ping', alive).on('pong', alive);
  socket.once('close', () => {
    clearTimeout(pinger);
    clearTimeout(deadline);
    deadline = undefined;
  });
}
