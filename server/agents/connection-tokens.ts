import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';

/** From the request to the upgrade it takes a few round trips; what is older was held back by somebody. */
export const TOKEN_LIFETIME_MS = 60_000;

/** Of a token, and of the secret that goes with it. */
const RANDOM_BYTES = 32;

export type TokenFault = 'missing' | 'unknown' | 'expired';

/**
 * Single-use tokens that open one WebSocket each, on the TLS connection that asked for them, and the secrets that its
 * frames are sealed with. A token lives and ends with that connection, and so in one process: a restart forgets it, and
 * no other process knows it. Who may use it is decided by the certificate that the connection was made with.
 */
export interface ConnectionTokens {
  /** The one before, of the same connection, counts no more. The secret is base64url of 32 bytes. */
  issue(tls: Socket, now?: number): { token: string; secret: string };
  spend(tls: Socket, token: string | undefined, now?: number): { secret: Buffer } | TokenFault;
  /** Whether a token was issued on this connection and not spent yet. */
  isAwaited(tls: Socket): boolean;
}

export function createConnectionTokens(): ConnectionTokens {
  const issued = new WeakMap<Socket, { token: string; secret: Buffer; expires: number }>();
  return {
    issue(tls, now = Date.now()) {
      const token = randomBytes(RANDOM_BYTES).toString('base64url');
      const secret = randomBytes(RANDOM_BYTES);
      issued.set(tls, { token, secret, expires: now + TOKEN_LIFETIME_MS });
      return { token, secret: secret.toString('base64url') };
    },
    spend(tls, token, now = Date.now()) {
      if (!token) return 'missing';
      const known = issued.get(tls);
      if (known?.token !== token) return 'unknown';
      issued.delete(tls);
      return known.expires <= now ? 'expired' : { secret: known.secret };
    },
    isAwaited: (tls) => issued.has(tls),
  };
}
