/**
 * The enrolment token: everything a new machine needs, in one piece of text without a character that a shell minds.
 * Both ends ship this file. Bytes, then base64url:
 *
 *   1  version, 1
 *   2  length of the whole, big-endian: what tells a truncated paste from a damaged one
 *  32  credential: random, and all that the server ever sees again
 *   1  number of pins, then 32 bytes each: SHA-256 of a CA's public key
 *   1  number of addresses, then for each its length in 1 byte and `HOST:PORT` in ASCII
 *   8  checksum: the first bytes of SHA-256 over all of the above. Against accidents, not against forgers, who would
 *      have to know the credential, or to make a token of their own and talk somebody into using it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { parseServerAddress } from './server-address';
import { SaidError } from '../words/said-error';
import { words } from '../words/words';

const PREFIX = 'sysmanage_';
const VERSION = 1;
const HASH_BYTES = 32;
const CHECKSUM_BYTES = 8;
const HEAD_BYTES = 3;
/** Of pins, and of addresses. */
const MOST = 8;
/** Longer than any token: eight names of 253 characters and eight pins. */
const MAX_TEXT = 4096;

export interface EnrolmentToken {
  /** Where the server is, the best first: 1 to 8 of them, `https://HOST:PORT`. */
  servers: URL[];
  /** SHA-256 of the public keys of the CAs to trust, lower-case hex: 1 to 8. */
  pins: string[];
  /** 256 random bits, base64url. A secret. */
  credential: string;
}

/** Text that is no whole enrolment token. It says so in one line that repeats nothing of the text. */
export class EnrolmentTokenError extends SaidError {
  override name = 'EnrolmentTokenError';
}

/** Throws an Error when a part is missing, too long or not what it is called. */
export function writeEnrolmentToken({ servers, pins, credential }: EnrolmentToken): string {
  const addresses = servers.map((server) => {
    // URL leaves out :443, and the reader's own default is another.
    const address = Buffer.from(`${server.hostname}:${server.port || 443}`, 'ascii');
    if (address.length > 255) throw new Error(`${server.hostname} is too long`);
    return Buffer.concat([Buffer.of(address.length), address]);
  });
  const hashes = pins.map((pin) => Buffer.from(pin, 'hex'));
  const secret = Buffer.from(credential, 'base64url');
  if ([...hashes, secret].some(({ length }) => length !== HASH_BYTES))
    throw new Error('a pin or the credential is not of 32 bytes');
  if (![servers, pins].every(({ length }) => length >= 1 && length <= MOST))
    throw new Error(`1 to ${MOST} servers and pins`);
  const body = Buffer.concat([secret, Buffer.of(hashes.length), ...hashes, Buffer.of(addresses.length), ...addresses]);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION);
  head.writeUInt16BE(HEAD_BYTES + body.length + CHECKSUM_BYTES, 1);
  const summed = Buffer.concat([head, body]);
  return PREFIX + Buffer.concat([summed, checksumOf(summed)]).toString('base64url');
}

/** White space around it is forgiven, nothing else. Throws EnrolmentTokenError, and nothing else for any text. */
export function readEnrolmentToken(text: string): EnrolmentToken {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX)) throw new EnrolmentTokenError(words('agent.token.none', { prefix: PREFIX }));
  const encoded = trimmed.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64url');
  const damaged = () => new EnrolmentTokenError(words('agent.token.damaged'));
  // Node forgives what is no base64url, and the idle bits of a last character: neither was written by us.
  const isCanonical = encoded.length <= MAX_TEXT && bytes.toString('base64url') === encoded;
  if (bytes.length >= 1 && isCanonical && bytes[0] !== VERSION) {
    throw new EnrolmentTokenError(words('agent.token.newer'));
  }
  if (bytes.length < HEAD_BYTES || encoded.length < Math.ceil((bytes.readUInt16BE(1) * 4) / 3)) {
    throw new EnrolmentTokenError(words('agent.token.truncated'));
  }
  if (!isCanonical || bytes.length !== bytes.readUInt16BE(1) || bytes.length < HEAD_BYTES + HASH_BYTES + CHECKSUM_BYTES)
    throw damaged();
  const summed = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!timingSafeEqual(checksumOf(summed), bytes.subarray(-CHECKSUM_BYTES))) throw damaged();
  const parts = readBody(summed.subarray(HEAD_BYTES));
  if (!parts) throw damaged();
  return parts;
}

/** Null for what no writer of ours makes, although its checksum is right. */
function readBody(body: Buffer): EnrolmentToken | null {
  let at = 0;
  const take = (length: number) => body.subarray(at, (at += length));
  const credential = take(HASH_BYTES).toString('base64url');
  const pins = Array.from({ length: take(1)[0] ?? 0 }, () => take(HASH_BYTES).toString('hex'));
  const addresses = Array.from({ length: take(1)[0] ?? 0 }, () => take(take(1)[0] ?? 0).toString('latin1'));
  if (at !== body.length || ![pins, addresses].every(({ length }) => length >= 1 && length <= MOST)) return null;
  try {
    return { servers: addresses.map((address) => parseServerAddress(`https://${address}`)), pins, credential };
  } catch {
    return null;
  }
}

/** A token in a message, an address or a stack becomes its prefix: what is printed may be kept for ever. */
export function redactTokens(text: string): string {
  return text.replace(/sysmanage_[\w-]+/g, `${PREFIX}…`);
}

const checksumOf = (bytes: Buffer) =>
  createHash('sha256').update('sysmanage enrolment token v1').update(bytes).digest().subarray(0, CHECKSUM_BYTES);
