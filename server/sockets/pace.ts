import type { WebSocket } from 'ws';
import { ROOM_BYTES } from './room-to-send';

/** Frames of one turn of the event loop: a few milliseconds of work. */
const A_TURN = 32;

/** Frames of one socket that may wait; one that sends more is not read until they had their turn. */
const MOST_WAITING = 4;

/** Shared by sockets that are many, and may all have something to say in the same moment. */
export interface Pace {
  /** At once, or in one of the next turns of the event loop: in the order in which they were asked for. */
  take(act: () => void): void;
}

/**
 * Does so much in one turn of the event loop, and what is more in the next ones, so that whoever else asks something of
 * this process waits for a slice of it and not for all: ten thousand machines that answer at once would keep a page
 * waiting for seconds, once for each question that it asks the database.
 */
export function createPace(aTurn = A_TURN): Pace {
  const waiting: (() => void)[] = [];
  /** The first of those that wait. */
  let at = 0;
  let left = aTurn;
  let isCounting = false;

  function nextTurn(): void {
    const end = Math.min(waiting.length, at + aTurn);
    left = aTurn - (end - at);
    isCounting = end > at;
    if (isCounting) setImmediate(nextTurn);
    // What one of them throws is no reason to forget the others: they are due in the next turn.
    while (at < end) waiting[at++]!();
    // Now and then, so that what was done does not stay for as long as there is more to do.
    if (at * 2 < waiting.length) return;
    waiting.splice(0, at);
    at = 0;
  }

  return {
    take(act) {
      if (!isCounting) {
        isCounting = true;
        setImmediate(nextTurn);
      }
      if (left === 0 || waiting.length > 0) return void waiting.push(act);
      left--;
      act();
    },
  };
}

/** As much of a WebSocket as tRPC's adapter uses. */
type Client = Pick<WebSocket, 'readyState' | 'on' | 'once' | 'send' | 'close'>;

/**
 * The same socket for tRPC, at a pace: what comes in and what goes out has its turn. What waits when the socket is
 * closed is neither heard nor sent: nobody was told that it was heard, and whoever closed it does not obey it any more.
 */
export function atPace(socket: WebSocket, pace: Pace): WebSocket {
  const outgoing: (string | Uint8Array)[] = [];
  let outgoingBytes = 0;
  let waiting = 0;
  let isPaused = false;

  function hear(listener: (...frame: unknown[]) => void, frame: unknown[]): void {
    if (++waiting > MOST_WAITING && !socket.isPaused) {
      isPaused = true;
      socket.pause();
    }
    pace.take(() => {
      waiting--;
      if (isPaused && waiting === 0) {
        isPaused = false;
        // One that is being closed was paused for good by whoever closes it.
        if (socket.readyState === socket.OPEN) socket.resume();
      }
      if (socket.readyState === socket.OPEN) listener.apply(socket, frame);
    });
  }

  function sendNext(): void {
    const frame = outgoing.shift();
    if (frame === undefined) return;
    outgoingBytes -= Buffer.byteLength(frame);
    if (socket.readyState === socket.OPEN) socket.send(frame);
  }

  function send(frame: string | Uint8Array): void {
    outgoing.push(frame);
    outgoingBytes += Buffer.byteLength(frame);
    pace.take(sendNext);
    // Whoever writes no faster than the peer reads looks at the socket, which knows nothing of what waits here.
    while (outgoingBytes > ROOM_BYTES) sendNext();
  }

  const client = {
    get readyState() {
      return socket.readyState;
    },
    on(event: string, listener: (...args: unknown[]) => void) {
      socket.on(event, event === 'message' ? (...frame: unknown[]) => hear(listener, frame) : listener);
      return this;
    },
    once(event: string, listener: (...args: unknown[]) => void) {
      socket.once(event, listener);
      return this;
    },
    send,
    close: () => socket.close(),
  } satisfies Record<keyof Client, unknown>;
  return client as unknown as WebSocket;
}
