import type { Log } from '../process/log';
import { canBeMessage, FRESH_MS, readMessage, type Message } from './message';
import { createRateWindow, type Rate } from './rate-window';

/** Messages a second whose signatures are looked at, of one address and of all: two signatures take 0.2 ms. */
const RATE = { each: 5, all: 20 };

/** So many that held are known again: repeated, they say nothing new and cost next to nothing. */
const MOST_KNOWN = 32;

interface Reading {
  /** Of the CAs whose servers count; null: any. */
  pins: () => readonly string[] | null;
  log: Log;
  rate?: Rate;
}

/**
 * Reads what comes from a network that anybody may write to. Returns a message whose signature holds and which is
 * fresh: an answer by the nonce that was asked with, an announcement by this machine's clock. Anything else is null,
 * and costs little: what names no CA of ours is told by its bytes, and of the rest so much a second is looked at.
 * @param nonce of the request; undefined where announcements come
 */
export function createMessageReader({ pins, log, rate: limit = RATE }: Reading) {
  const rate = createRateWindow(limit);
  const known = new Set<string>();
  let warnedAt = -Infinity;

  function isFresh({ timestamp, server_info }: Message): boolean {
    const offMs = timestamp - Date.now();
    if (Math.abs(offMs) <= FRESH_MS) return true;
    // Its signature holds: it is a recording, or a clock is wrong, which a person must hear of. Once: anybody can
    // repeat it.
    if (performance.now() - warnedAt > FRESH_MS) {
      warnedAt = performance.now();
      const [seconds, way] = [Math.round(Math.abs(offMs) / 1000), offMs > 0 ? 'ahead of' : 'behind'];
      log.warn(
        `what ${server_info.hostname} says of itself is ${seconds} s ${way} this machine's clock, and ignored: ` +
          `it is a recording, or one of the two clocks is wrong`,
      );
    }
    return false;
  }

  return (packet: Buffer, source: string, nonce: string | undefined): Message | null => {
    if (!canBeMessage(packet)) return null;
    const ours = pins();
    if (ours && !ours.some((pin) => packet.includes(pin))) return null;
    if (nonce !== undefined && !packet.includes(nonce)) return null;
    const text = packet.toString('latin1');
    if (known.has(text) || !rate.take(source)) return null;
    const message = readMessage(packet, (pin) => !ours || ours.includes(pin));
    if (typeof message === 'string' || message.nonce !== nonce) return null;
    known.add(text);
    if (known.size > MOST_KNOWN) known.delete(known.values().next().value!);
    return nonce !== undefined || isFresh(message) ? message : null;
  };
}
