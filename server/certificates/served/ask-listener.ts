import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';

/** On this machine a handshake takes milliseconds, and a minute later it is asked again. */
const PATIENCE_MS = 2_000;

export interface ListenerAddress {
  port: number;
  /** Absent: every address of the machine. */
  host?: string | undefined;
}

/**
 * The certificate that a listener of this process serves, got as anybody gets it: by a handshake. What a file says is
 * not what is served, and what was handed to the listener at its start may have been replaced since.
 * @throws when it does not answer, or not with TLS
 */
export async function askListener({ port, host }: ListenerAddress): Promise<X509Certificate> {
  const isEverywhere = !host || host === '::' || host === '0.0.0.0';
  const name = isEverywhere ? 'localhost' : host;
  const socket = connect({
    port,
    host: name,
    ...(isIP(name) ? {} : { servername: name }),
    // The certificate is looked at, not trusted: it may be expired, which is what is to be shown.
    rejectUnauthorized: false,
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(PATIENCE_MS) });
    const shown = socket.getPeerX509Certificate();
    if (!shown) throw new Error(`no certificate on port ${port}`);
    return new X509Certificate(shown.raw);
  } finally {
    socket.destroy();
  }
}
