import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Config, ConfigError } from '../config';

/** PEM. */
export interface WebCertificate {
  cert: string;
  key: string;
  notAfter: Date;
}

/**
 * The administrator's certificate for the pages; null when none is configured. @throws ConfigError naming the key and
 * the file
 */
export function readWebCertificate({ tls }: Pick<Config, 'tls'>): WebCertificate | null {
  if (!tls.cert || !tls.key) return null;
  const cert = read('tls.cert', tls.cert);
  const key = read('tls.key', tls.key);
  expectUsable({ cert }, `tls.cert: ${tls.cert} is not a certificate in PEM; name the file that holds it`);
  expectUsable({ key }, `tls.key: ${tls.key} is not an unencrypted private key in PEM; name the file that holds it`);
  expectUsable(
    { cert, key },
    `tls.key: ${tls.key} does not belong to ${tls.cert}; name the key that its request was made with`,
  );
  return { cert, key, notAfter: new Date(new X509Certificate(cert).validTo) };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([
      `${name}: ${path} cannot be read (${code}); correct the path, or let the user running the server read it`,
    ]);
  }
}

/** What OpenSSL says of a file it cannot use means nothing to whoever named it. */
function expectUsable(context: { cert?: string; key?: string }, mistake: string): void {
  try {
    // Node takes an empty text for one that was not given: a file that is just being written would be served.
    if (Object.values(context).includes('')) throw new Error('empty');
    createSecureContext(context);
  } catch {
    throw new ConfigError([mistake]);
  }
}
