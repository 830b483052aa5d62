import type { Encoder } from '@trpc/server/adapters/ws';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { CLOSE } from '../../agent/protocol';
import { closeFirmly } from './close-firmly';
import type { Held, Meter } from './meter';
import { isFull, roomToSend } from './room-to-send';

/** A call as tRPC reads it; whatever it would refuse to read as one is none. */
interface Call {
  id: string | number;
  method: string;
  path: string;
}

interface Options {
  /** Its own first, then those that it shares with other sockets. The first also counts the frames. */
  meters: readonly [Meter, ...Meter[]];
  /** What the rates of a call go by. */
  nameOf: (call: Call) => string;
  /** What the WebSocket is made of. */
  transport: Socket;
  /** Bytes that may wait for a peer that does not read, besides the answer that is being sent. */
  waitingBytes: number;
  /** Told once, of what there was too much; the socket is being closed with it as the reason. */
  onExcess: (what: string) => void;
}

/**
 * Bounds what one socket may ask for: frames a second, calls under way, open subscriptions, what begins in a while, and
 * bytes that wait for it. A peer that does not read its answers is not read either, until it does. Stands between the
 * socket and tRPC, which would begin whatever comes. Whatever is beyond a bound is not begun, and the socket is closed
 * with CLOSE.TOO_MUCH and the name of the bound.
 * @param encoder of the frames; to be given to tRPC as the returned one, after this was called
 */
export function boundSocket(
  socket: WebSocket,
  encoder: Encoder,
  { meters, nameOf, transport, waitingBytes, onExcess }: Options,
): Encoder {
  /** What is under way, by the id that the peer gave it. */
  const open = new Map<string | number, Held>();
  let isOver = false;

  function end(what: string): Error {
    if (!isOver) {
      isOver = true;
      onExcess(what);
      void closeFirmly(socket, CLOSE.TOO_MUCH, what);
      // What is on its way is not even unmasked any more.
      socket.pause();
    }
    return new Error(`too much of ${what}`);
  }

  /** Its next questions stay where they are, in the end with the peer: TCP tells it to send no more. */
  function readNoFaster(): void {
    if (isOver || socket.isPaused || !isFull(transport)) return;
    socket.pause();
    void roomToSend(transport).then(() => isOver || socket.resume());
  }

  function begin(call: Call): void {
    // Two under one id could not be told apart by their answers.
    if (open.has(call.id)) throw end('id');
    const held = call.method === 'subscription' ? 'subscriptions' : 'calls';
    for (const [i, meter] of meters.entries()) {
      const what = meter.begin(held, nameOf(call));
      if (what === null) continue;
      for (const counted of meters.slice(0, i)) counted.end(held);
      // Or the next socket would begin as much as this one did, and the one after it.
      for (const shared of meters) shared.drain(nameOf(call));
      throw end(what);
    }
    open.set(call.id, held);
  }

  function finish(id: string | number): void {
    const held = open.get(id);
    if (!held || !open.delete(id)) return;
    for (const meter of meters) meter.end(held);
  }

  // Any frame costs something, also one that tRPC answers without asking the encoder, or that nobody can read.
  for (const frame of ['message', 'ping', 'pong'] as const) {
    socket.on(frame, () => meters[0].take('frames') || end('frames'));
  }
  socket.once('close', () => {
    for (const id of [...open.keys()]) finish(id);
  });

  return {
    decode(frame) {
      if (isOver) throw new Error('the socket is being closed');
      if (socket.bufferedAmount > waitingBytes) throw end('waiting_bytes');
      const said: unknown = encoder.decode(frame);
      for (const call of [said].flat().flatMap(asCall)) begin(call);
      readNoFaster();
      return said;
    },
    encode(message) {
      const answered = endedBy(message);
      if (answered && (answered.isFinal || open.get(answered.id) === 'calls')) finish(answered.id);
      if (socket.bufferedAmount > waitingBytes) end('waiting_bytes');
      return encoder.encode(message);
    },
  };
}

/** As tRPC's `parseTRPCMessage`, but never stricter: what it reads as a call is counted. */
function asCall(message: unknown): Call[] {
  const { id, method, params } = (message ?? {}) as Record<string, unknown>;
  const { path } = (params ?? {}) as Record<string, unknown>;
  const isCall = method === 'query' || method === 'mutation' || method === 'subscription';
  const isNamed = typeof id === 'string' || typeof id === 'number';
  return isCall && isNamed && typeof path === 'string' ? [{ id, method, path }] : [];
}

/** Which call an answer belongs to, and whether it is the last, whatever the call was. */
function endedBy(message: unknown): { id: string | number; isFinal: boolean } | null {
  const { id, result } = message as { id?: unknown; result?: { type?: unknown } };
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  return { id, isFinal: !result || result.type === 'stopped' };
}
