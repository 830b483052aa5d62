import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { keyFingerprint } from '../fingerprint';

/** Where servers answer requests, and where agents hear announcements (UDP). */
export const PORTS = { beacon: 31337, announcements: 31338 };

/** Link-local (RFC 4291, 2.7) and transient, so assigned to nobody. */
export const MULTICAST_GROUP = 'ff12::5973:6d67';

/** Fits in one packet everywhere: an IPv6 link carries 1,280 bytes (RFC 8200, 5), of which 48 are headers. */
export const MAX_BYTES = 1200;

/** How far a timestamp may be from the reader's clock: what is recorded is worth nothing afterwards. Milliseconds. */
export const FRESH_MS = 60_000;

const DOMAIN = 'sysmanage discovery v1';

const base64url = (min: number, max = min) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[\w-]+$/);
const hostName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[\w.-]+$/);
const address = z.union([z.ipv4(), z.ipv6()]);
const port = z.int().min(1).max(65_535);
/** Milliseconds since 1970. */
const timestamp = z.int().min(0);

/** 16 random bytes. */
const nonce = base64url(22);

const request = z.object({
  service: z.literal('sysmanage-agent'),
  version: z.literal(1),
  hostname: hostName,
  platform: z.string().regex(/^[a-z0-9]{1,32}$/),
  nonce,
  timestamp,
  request_config: z.boolean(),
  /** An answer is never larger than its request, so a request is as large as an answer may become. */
  padding: z.string().max(MAX_BYTES).optional(),
});
export type Request = z.infer<typeof request>;

const serverInfo = z.object({
  hostname: hostName,
  /** The one to try first comes first. */
  addresses: z.array(address).max(16),
  api_port: port,
  webui_port: port,
  /** Agents' listener speaks TLS alone. */
  use_ssl: z.literal(true),
  websocket_endpoint: z.string().max(100),
  registration_endpoint: z.string().max(100),
  /** SHA-256 of the public key of the CA, hex: what the connection will be judged by. */
  ca_pin: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ServerInfo = z.infer<typeof serverInfo>;

/**
 * What a message can be judged by whose reader knows a pin and nothing else: the CA's key, and its word for the key
 * that signs, for as long as the server's certificate lives. Keys are DER SubjectPublicKeyInfo, signatures DER ECDSA
 * over SHA-256, each in base64url.
 */
const proof = z.object({
  authority: base64url(100, 200),
  key: base64url(100, 200),
  until: timestamp,
  vouched: base64url(80, 100),
});
export type Proof = z.infer<typeof proof>;

const message = z.object({
  service: z.literal('sysmanage-server'),
  version: z.literal(1),
  /** Of the request that this answers; an announcement has none. */
  nonce: nonce.optional(),
  timestamp,
  server_info: serverInfo,
  /** What is taken of it: `default-config.ts`. */
  default_config: z.record(z.string().max(100), z.unknown()).optional(),
  proof,
  signature: base64url(80, 100),
});
export type Message = z.infer<typeof message>;

/** Signs with ECDSA over P-256 and SHA-256; returns the DER signature. */
export type Sign = (bytes: Uint8Array) => Buffer;

/** Whether it can be one of ours at all: told without looking further than at its size and its first byte. */
export const canBeMessage = ({ length, 0: first }: Buffer): boolean => length <= MAX_BYTES && first === BRACE;
const BRACE = '{'.charCodeAt(0);

/** A request of just the size that its answer may have. */
export function writeRequest(asked: Omit<Request, 'service' | 'version' | 'padding'>): Buffer {
  const bare = JSON.stringify({ service: 'sysmanage-agent', version: 1, ...asked, padding: '' });
  return Buffer.from(bare.replace(/""}$/, `"${'.'.repeat(MAX_BYTES - Buffer.byteLength(bare))}"}`));
}

/** Null for what is no request of ours. */
export const readRequest = (packet: Buffer): Request | null => request.safeParse(parse(packet)).data ?? null;

/**
 * What a server signs with: made anew with each of its certificates.
 * @param key the certificate's public key, `authority` the CA's, DER
 * @param until when the certificate ends
 */
export function vouch(
  signAsAuthority: Sign,
  { authority, key, until }: { authority: Buffer; key: Buffer; until: Date },
): Proof {
  const claim = { key: key.toString('base64url'), until: until.getTime() };
  return {
    authority: authority.toString('base64url'),
    ...claim,
    vouched: signAsAuthority(vouchedBytes(claim)).toString('base64url'),
  };
}

/** An answer or an announcement. Addresses that do not fit are left out, the last first. */
export function writeMessage(
  { nonce, timestamp, server_info, default_config, proof }: Omit<Message, 'service' | 'version' | 'signature'>,
  sign: Sign,
): Buffer {
  for (let count = server_info.addresses.length; count >= 0; count--) {
    const said = {
      service: 'sysmanage-server',
      version: 1,
      nonce,
      timestamp,
      server_info: { ...server_info, addresses: server_info.addresses.slice(0, count) },
      default_config,
      proof,
    };
    const longest = JSON.stringify({ ...said, signature: LONGEST_SIGNATURE });
    if (Buffer.byteLength(longest) > MAX_BYTES) continue;
    // Once the size is known: it is what costs.
    return Buffer.from(JSON.stringify({ ...said, signature: sign(signedBytes(said)).toString('base64url') }));
  }
  throw new Error(`a message of a server without addresses has more than ${MAX_BYTES} bytes`);
}

/** DER of two numbers of 33 bytes (RFC 3279, 2.2.3), in base64url. */
const LONGEST_SIGNATURE = 'x'.repeat(96);

/** Why a packet counts for nothing. */
export type Fault = 'malformed' | 'foreign' | 'forged' | 'lapsed';

/**
 * A server's message, when its signature holds for the CA that it names. Whether it is fresh is the caller's to judge.
 * @param isAccepted whether that CA, by its pin, may be ours. Asked before any signature is looked at, which costs more
 */
export function readMessage(packet: Buffer, isAccepted: (pin: string) => boolean, now = Date.now()): Message | Fault {
  const raw = parse(packet);
  const { data } = message.safeParse(raw);
  if (!data) return 'malformed';
  const { proof, server_info, signature } = data;
  if (!isAccepted(server_info.ca_pin)) return 'foreign';
  if (keyFingerprint(Buffer.from(proof.authority, 'base64url')) !== server_info.ca_pin) return 'forged';
  if (proof.until < now) return 'lapsed';
  // What was signed is what came, also what a later version adds.
  const { signature: _, ...said } = raw as Message;
  const holds =
    isSigned(signedBytes(said), proof.key, signature) && isSigned(vouchedBytes(proof), proof.authority, proof.vouched);
  return holds ? data : 'forged';
}

function parse(packet: Buffer): unknown {
  if (!canBeMessage(packet)) return null;
  try {
    return JSON.parse(packet.toString('utf8'));
  } catch {
    return null; // the schema says so
  }
}

const vouchedBytes = ({ key, until }: Pick<Proof, 'key' | 'until'>) =>
  Buffer.from(`${DOMAIN} key ${key} until ${until}`);
const signedBytes = (said: object) => Buffer.from(`${DOMAIN} message ${JSON.stringify(said)}`);

function isSigned(bytes: Buffer, publicKey: string, signature: string): boolean {
  try {
    return verify('sha256', bytes, keyOf(publicKey), Buffer.from(signature, 'base64url'));
  } catch {
    return false; // no key
  }
}

/** Reading a key takes longer than both signatures of a message, and a network's servers have few. */
const keys = new Map<string, KeyObject>();
const MOST_KEYS = 16;

function keyOf(publicKey: string): KeyObject {
  const known = keys.get(publicKey);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' });
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(publicKey, key);
  return key;
}
