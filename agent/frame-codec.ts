import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * Every frame of the agents' channel, both ways: 8 bytes of sequence number (big-endian, from 0), 32 bytes of
 * HMAC-SHA256 over sequence number and payload, then the payload, which is tRPC's JSON in UTF-8. Each direction has a
 * key and a count of its own, so that a frame cannot be sent back to where it came from.
 */
const SEQUENCE_BYTES = 8;
const MAC_BYTES = 32;
export const FRAME_OVERHEAD_BYTES = SEQUENCE_BYTES + MAC_BYTES;

/** What is wrong with a frame. For the log; the wire gets a close code. */
export type FrameFault = 'text' | 'truncated' | 'forged' | 'out_of_order' | 'malformed';

export class FrameError extends Error {
  constructor(readonly fault: FrameFault) {
    super(`frame refused: ${fault}`);
    this.name = 'FrameError';
  }
}

export interface ChannelKeys {
  toServer: Buffer;
  toAgent: Buffer;
}

/**
 * The keys of one connection, by HKDF-SHA256 (RFC 5869).
 * @param secret 32 random bytes that the server handed out with the connection token, used for nothing else
 * @param serial of the certificate the connection is made with, upper-case hex: the keys of one cannot serve another
 */
export function deriveChannelKeys(secret: Uint8Array, serial: string): ChannelKeys {
  const derive = (direction: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `sysmanage channel v1 ${direction} ${serial}`, MAC_BYTES));
  return { toServer: derive('to server'), toAgent: derive('to agent') };
}

/** Both ends of one connection's framing, in the shape of tRPC's encoder hook. */
export interface FrameCodec {
  encode(message: unknown): Uint8Array<ArrayBuffer>;
  /** @throws FrameError, and from then on for every frame: after one fault nothing on the connection can be believed */
  decode(frame: unknown): unknown;
  /** Breaks it for what never comes to `decode`: tRPC answers some text frames by itself. */
  refuse(fault: FrameFault): void;
}

/** @param onFault told once, of the first fault; the caller closes the connection */
export function createFrameCodec(
  { send, receive }: { send: Buffer; receive: Buffer },
  onFault: (fault: FrameFault) => void,
): FrameCodec {
  let sent = 0n;
  let received = 0n;
  let broken: FrameError | undefined;

  function refuse(fault: FrameFault): FrameError {
    if (broken) return broken;
    broken = new FrameError(fault);
    onFault(fault);
    return broken;
  }

  function open(frame: unknown): unknown {
    if (typeof frame === 'string') throw new FrameError('text');
    const bytes = asBuffer(frame);
    if (!bytes || bytes.length < FRAME_OVERHEAD_BYTES) throw new FrameError('truncated');
    const mac = bytes.subarray(SEQUENCE_BYTES, FRAME_OVERHEAD_BYTES);
    if (!timingSafeEqual(mac, seal(receive, bytes.subarray(0, SEQUENCE_BYTES), bytes.subarray(FRAME_OVERHEAD_BYTES)))) {
      throw new FrameError('forged');
    }
    // Judged after the MAC: only the other end can have numbered it. TCP loses and reorders nothing, so any other
    // number than the next means that somebody in between dropped, repeated or reordered frames.
    if (bytes.readBigUInt64BE() !== received) throw new FrameError('out_of_order');
    received++;
    try {
      return JSON.parse(bytes.toString('utf8', FRAME_OVERHEAD_BYTES));
    } catch {
      throw new FrameError('malformed');
    }
  }

  return {
    encode(message) {
      const payload = Buffer.from(JSON.stringify(message));
      const frame = Buffer.allocUnsafe(FRAME_OVERHEAD_BYTES + payload.length);
      frame.writeBigUInt64BE(sent++);
      payload.copy(frame, FRAME_OVERHEAD_BYTES);
      seal(send, frame.subarray(0, SEQUENCE_BYTES), payload).copy(frame, SEQUENCE_BYTES);
      return frame;
    },
    decode(frame) {
      if (broken) throw broken;
      try {
        return open(frame);
      } catch (error) {
        throw refuse((error as FrameError).fault);
      }
    },
    refuse: (fault) => void refuse(fault),
  };
}

const seal = (key: Buffer, sequence: Uint8Array, payload: Uint8Array) =>
  createHmac('sha256', key).update(sequence).update(payload).digest();

/** ws delivers a Buffer, or an ArrayBuffer where the browser's interface is asked for. */
function asBuffer(frame: unknown): Buffer | undefined {
  if (Buffer.isBuffer(frame)) return frame;
  if (frame instanceof ArrayBuffer) return Buffer.from(frame);
  return ArrayBuffer.isView(frame) ? Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength) : undefined;
}
