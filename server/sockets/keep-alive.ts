import type { WebSocket } from 'ws';

interface Kept {
  socket: WebSocket;
  heardAt: number;
  /**
   * After so long without a frame it is pinged: of its own, or those that came together were pinged together for ever.
   */
  pingAfterMs: number;
  isPinged: boolean;
  onSilent?: () => void;
}

/** The sockets of one ping and the timer that looks at all of them: one each would be ten thousand. */
interface Sweep {
  kept: Set<Kept>;
  timer: NodeJS.Timeout;
}

/** A sweep's part of a ping: silence is noticed at most so much late. */
const SWEEPS_A_PING = 16;

/** By ping. There are as many as there are settings, which is one, and each ends with its last socket. */
const sweeps = new Map<number, Sweep>();

/**
 * Pings a socket that was silent for a ping, and destroys it, without waiting for a close handshake, when nothing has
 * come from it for one and a half. Any frame is life: a peer that says something by itself is never asked.
 * @param onLife called for every frame that comes in
 * @param onSilent called before a silent socket is destroyed
 */
export function keepAlive(
  socket: WebSocket,
  pingSeconds: number,
  { onLife, onSilent }: { onLife?: () => void; onSilent?: () => void } = {},
): void {
  const kept: Kept = {
    ...{ socket, onSilent, heardAt: performance.now(), isPinged: false },
    pingAfterMs: pingSeconds * 1000 * (1.05 + Math.random() * 0.15),
  };
  const heard = () => {
    kept.heardAt = performance.now();
    kept.isPinged = false;
    onLife?.();
  };
  for (const frame of ['message', 'ping', 'pong'] as const) socket.on(frame, heard);
  const sweep = sweeps.get(pingSeconds) ?? startSweep(pingSeconds);
  sweep.kept.add(kept);
  socket.once('close', () => {
    sweep.kept.delete(kept);
    if (sweep.kept.size > 0) return;
    clearInterval(sweep.timer);
    sweeps.delete(pingSeconds);
  });
}

function startSweep(pingSeconds: number): Sweep {
  const everyMs = (pingSeconds * 1000) / SWEEPS_A_PING;
  const limitMs = pingSeconds * 1500;
  let lastAt = performance.now();
  const look = () => {
    const now = performance.now();
    // What came while this process did nothing has not been read yet: that time says nothing of anybody.
    const lateMs = Math.max(0, now - lastAt - 2 * everyMs);
    lastAt = now;
    for (const kept of sweep.kept) {
      kept.heardAt += lateMs;
      const silentMs = now - kept.heardAt;
      if (silentMs > limitMs) {
        kept.onSilent?.();
        kept.socket.terminate();
      } else if (silentMs > kept.pingAfterMs && !kept.isPinged) {
        kept.isPinged = true;
        kept.socket.ping();
      }
    }
  };
  const sweep: Sweep = { kept: new Set(), timer: setInterval(look, everyMs) };
  sweeps.set(pingSeconds, sweep);
  return sweep;
}
