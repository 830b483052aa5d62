import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { openTunnel, type Proxy } from '../connection/proxy';
import { socketAddress } from '../server-address';
import { SaidError } from '../../words/said-error';
import { words } from '../../words/words';

const PATIENCE_MS = 15_000;

/**
 * Shakes hands with a server whose CA we may not know yet and returns the CA certificate that signed its own.
 * Nothing is sent beyond the handshake, which also proves that the server holds the key of what it shows. Whether
 * that CA is to be trusted is the caller's to decide.
 * Throws an Error: with the system's code when unreachable, ERR_TLS_CERT_ALTNAME_INVALID when the certificate is
 * for another name.
 */
export async function meetServer(
  server: URL,
  signal: AbortSignal,
  proxy: Proxy | null = null,
): Promise<X509Certificate> {
  const { host, port } = socketAddress(server);
  signal.throwIfAborted();
  const tunnel = proxy && (await openTunnel(proxy, { host, port }));
  const socket = connect({
    ...(tunnel && { socket: tunnel }),
    host,
    port,
    servername: isIP(host) ? '' : host,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false, // there is nothing to check against yet; strict from the next connection on
    ca: [],
  });
  if (signal.aborted) socket.destroy();
  const stop = () => socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await handshake(socket, host, port);
    const [leaf, ...others] = servedChain(socket);
    const mismatch = checkServerIdentity(host, socket.getPeerCertificate());
    if (mismatch) throw mismatch;
    const authority = others.find((candidate) => leaf && signs(candidate, leaf));
    if (!authority) {
      throw new SaidError(words('agent.trust.no_authority'));
    }
    return authority;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function handshake(socket: TLSSocket, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', resolve);
    socket.once('close', () => reject(Object.assign(new Error(`${host}:${port} closed`), { code: 'ECONNRESET' })));
    socket.setTimeout(PATIENCE_MS, () => {
      socket.destroy(Object.assign(new Error(`no TLS handshake with ${host}:${port}`), { code: 'ETIMEDOUT' }));
    });
  });
}

/** What the server sent, the leaf first. */
function servedChain(socket: TLSSocket): X509Certificate[] {
  const chain = new Map<string, X509Certificate>();
  let shown = socket.getPeerCertificate(true);
  while (shown?.raw && !chain.has(shown.fingerprint256)) {
    chain.set(shown.fingerprint256, new X509Certificate(shown.raw));
    shown = shown.issuerCertificate;
  }
  return [...chain.values()];
}

/**
 * Names are not enough: anybody may call himself what our CA is called. The CA must be a root, or TLS would not
 * accept it as an anchor.
 */
function signs(authority: X509Certificate, leaf: X509Certificate): boolean {
  return (
    authority.ca &&
    authority.checkIssued(authority) &&
    authority.verify(authority.publicKey) &&
    leaf.checkIssued(authority) &&
    leaf.verify(authority.publicKey)
  );
}
