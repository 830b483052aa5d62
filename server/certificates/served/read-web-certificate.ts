import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Config, ConfigError } from '../../config';
import { words, type Words } from '../../../words/words';

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
  expectUsable({ cert }, words('server.tls.no_certificate', { path: tls.cert }));
  expectUsable({ key }, words('server.tls.no_key', { path: tls.key }));
  expectUsable({ cert, key }, words('server.tls.not_together', { key: tls.key, certificate: tls.cert }));
  return { cert, key, notAfter: new Date(new X509Certificate(cert).validTo) };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([words('server.tls.unreadable', { setting: name, path, code: code ?? '' })]);
  }
}

/** What OpenSSL says of a file it cannot use means nothing to whoever named it. */
function expectUsable(context: { cert?: string; key?: string }, mistake: Words): void {
  try {
    // Node takes an empty text for one that was not given: a file that is just being written would be served.
    if (Object.values(context).includes('')) throw new Error('empty');
    createSecureContext(context);
  } catch {
    throw new ConfigError([mistake]);
  }
}
