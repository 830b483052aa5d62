import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { deriveKey } from '../process/derive-key';

/** From the request to the upgrade it takes a few round trips; what is older was held back by somebody. */
const LIFETIME_MS = 60_000;

/** GCM's own sizes (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_BYTES = 32;
/** Tokens are about 230 characters. */
const MAX_TOKEN_CHARACTERS = 1000;

const contents = z.strictObject({ hostId: z.string(), serial: z.string(), secret: z.base64url(), expires: z.number() });

export type TokenFault = 'missing' | 'forged' | 'expired' | 'spent' | 'another_certificate';

/**
 * Single-use tokens that let a host's certificate open one WebSocket, and carry the secret its frames are sealed with.
 * Nothing is stored for a token that is out: it is sealed with the server's own key, and only spent ones are
 * remembered, until they would have expired anyway.
 */
export interface ConnectionTokens {
  issue(holder: { hostId: string; serial: string }, now?: number): { token: string; secret: string };
  /** Spends the token. Only the host and certificate it was issued to can. */
  spend(token: string | undefined, holder: { hostId: string; serial: string }, now?: number): { secret: Buffer } | TokenFault;
}

/** @param serverSecret any process that is to accept the tokens must have the same */
export function createConnectionTokens(serverSecret: string): ConnectionTokens {
  const key = deriveKey(serverSecret, 'sysmanage connection token v1');
  /** Nonce to expiry, oldest first. */
  const spent = new Map<string, number>();

  function forget(now: number) {
    for (const [nonce, expires] of spent) {
      if (expires > now) return;
      spent.delete(nonce);
    }
  }

  return {
    issue({ hostId, serial }, now = Date.now()) {
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = cipher.update(JSON.stringify({ hostId, serial, secret, expires: now + LIFETIME_MS }));
      const token = Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]).toString('base64url');
      return { token, secret };
    },
    spend(token, holder, now = Date.now()) {
      if (!token) return 'missing';
      const opened = open(key, token);
      if (!opened) return 'forged';
      const { nonce, hostId, serial, secret, expires } = opened;
      if (expires <= now) return 'expired';
      if (hostId !== holder.hostId || serial !== holder.serial) return 'another_certificate';
      if (spent.has(nonce)) return 'spent';
      forget(now);
      spent.set(nonce, expires);
      return { secret: Buffer.from(secret, 'base64url') };
    },
  };
}

function open(key: Buffer, token: string) {
  const bytes = Buffer.from(token.slice(0, MAX_TOKEN_CHARACTERS), 'base64url');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)).toString() + decipher.final('utf8');
    return { nonce: nonce.toString('base64url'), ...contents.parse(JSON.parse(text)) };
  } catch {
    // A wrong tag: it was not made here, or was changed since. The caller refuses it by name.
    return null;
  }
}
