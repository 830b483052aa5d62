import type { Socket } from 'node:net';

export interface HandshakeQueue {
  /**
   * Resolves with true when the connection may begin, with false when it is gone or too many wait before it.
   * @param isFirst whether it goes before all that are not
   */
  enter(socket: Socket, isFirst: boolean): Promise<boolean>;
  /** What the connection was let in for is done, and another may begin. */
  leave(socket: Socket): void;
  /** Whether connections that go first are waiting now. */
  isBusy(): boolean;
  /** How many are waiting now. */
  waiting(): number;
}

/** Under way at once. More would only take longer each: one core does all of them. */
const AT_ONCE = 32;

/**
 * After so long another begins whatever became of this one, so that who begins and then does nothing keeps out nobody.
 * There is no harm in one more: it has had its turn.
 */
const TURN_MS = 500;

/**
 * A turn is so many ticks, of which one at most passes while this process is busy or gets no processor: what it did not
 * come to itself is no turn. By the clock a loaded server begins all that wait, ends none, and has no room in the pool
 * of its database for any of them.
 */
const TICKS_A_TURN = 10;

/** Waiting at once, of each of the two kinds. A waiting connection costs a file handle and a few kilobytes. */
const MOST_FIRST = 4096;
const MOST_OTHERS = 1024;

/** Shorter than the patience of clients: who has given up is not begun in vain. */
const MOST_WAITED_MS = 30_000;

interface Waiting {
  socket: Socket;
  since: number;
  answer: (mayBegin: boolean) => void;
}

/**
 * Lets so many connections at once begin what costs most of all, their TLS handshake and first request; the others wait
 * in order. Without it ten thousand that come at once are all begun and none is finished before its client has given
 * up.
 */
export function createHandshakeQueue({
  atOnce = AT_ONCE,
  turnMs = TURN_MS,
  mostFirst = MOST_FIRST,
  mostOthers = MOST_OTHERS,
  mostWaitedMs = MOST_WAITED_MS,
} = {}): HandshakeQueue {
  const first = new Set<Waiting>();
  const others = new Set<Waiting>();
  /** By a name that TLS, which wraps the socket, leaves as it is: the last tick of its turn. In the order of these. */
  const underWay = new Map<string, number>();
  let now = 0;
  let ticking: NodeJS.Timeout | undefined;

  function tick(): void {
    now++;
    for (const [key, last] of underWay) {
      if (last > now) break;
      end(key);
    }
    if (underWay.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  }
  function begin({ socket, answer }: Waiting): void {
    underWay.set(keyOf(socket), now + TICKS_A_TURN);
    // An interval of Node's does not make up for what it missed.
    ticking ??= setInterval(tick, turnMs / TICKS_A_TURN).unref();
    answer(true);
  }
  function end(key: string): void {
    if (!underWay.delete(key)) return;
    for (const queue of [first, others]) {
      for (const waiting of queue) {
        if (underWay.size >= atOnce) return;
        queue.delete(waiting);
        if (performance.now() - waiting.since > mostWaitedMs) waiting.answer(false);
        else begin(waiting);
      }
    }
  }

  return {
    enter: (socket, isFirst) =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve(false);
        const key = keyOf(socket);
        const waiting: Waiting = { socket, since: performance.now(), answer: resolve };
        const [queue, most] = isFirst ? [first, mostFirst] : [others, mostOthers];
        // Its client has gone: it is passed over, and costs nothing.
        socket.once('close', () => {
          if (queue.delete(waiting)) resolve(false);
          else end(key);
        });
        if (underWay.size < atOnce) begin(waiting);
        else if (queue.size < most) queue.add(waiting);
        else resolve(false);
      }),
    leave: (socket) => end(keyOf(socket)),
    isBusy: () => first.size > 0,
    waiting: () => first.size + others.size,
  };
}

/** Of a TCP connection, also seen from the TLS socket around it. */
export const keyOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress}|${remotePort}`;
