import { X509Certificate } from 'node:crypto';
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import type { AppRouter } from '../../server/router';
import { deriveChannelKeys, type ChannelKeys } from '../frame-codec';
import type { HttpsClient } from '../https-fetch';
import type { Ending } from './socket';

/** What one connection may be opened with, once and within a minute. */
export interface Grant {
  token: string;
  keys: ChannelKeys;
}

export interface Question {
  server: URL;
  https: HttpsClient;
  /** PEM. The one that `https` shows: the keys belong to it. */
  certificate: string;
  signal: AbortSignal;
}

/**
 * Asks the server for a connection, over the TLS connection that the WebSocket then takes over. Whether this
 * machine's certificate still counts is answered here, so a refusal of the WebSocket itself only means: try again.
 * Returns how it ended when there is no grant; rejects with the signal's reason only.
 */
export async function askForConnection({ server, https, certificate, signal }: Question): Promise<Grant | Ending> {
  const client = createTRPCClient<AppRouter>({
    links: [httpLink({ url: new URL('/trpc', server).href, fetch: https.fetch })],
  });
  try {
    const { token, secret } = await client.agents.connectionToken.mutate(undefined, { signal });
    const { serialNumber } = new X509Certificate(certificate);
    return { token, keys: deriveChannelKeys(Buffer.from(secret, 'base64url'), serialNumber) };
  } catch (error) {
    signal.throwIfAborted();
    const data = error instanceof TRPCClientError ? (error as TRPCClientError<AppRouter>).data : null;
    return {
      code: 1006,
      reason: '',
      status: data?.httpStatus,
      isRefused: data?.appCode === 'auth.forbidden',
      error: error as Error,
    };
  }
}
