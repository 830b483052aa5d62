import { once } from 'node:events';
import { createServer } from 'node:https';
import { connect, type SecureVersion } from 'node:tls';
import { expect, test } from 'vitest';
import * as x509 from '../certificates/der/x509';
import { privateKeyPem } from '../certificates/testing';
import { listen } from './listen';
import { PAGES_TLS } from './pages-tls';

const KEYS = {
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  ECDSA: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
};

/**
 * A listener for the pages with a certificate of such a key. Tells what a client that offers this gets: version and
 * suite, or the alert.
 */
async function listenWith(kind: keyof typeof KEYS) {
  const keys = await crypto.subtle.generateKey(KEYS[kind], true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=pages.example.com',
    keys,
    signingAlgorithm: KEYS[kind],
  });
  const server = createServer({ cert: made.toString('pem'), key: await privateKeyPem(keys), ...PAGES_TLS });
  const { port, close } = await listen(server, { port: 0, host: '127.0.0.1' });
  const offer = async (version: SecureVersion, ciphers?: string) => {
    // At level 0 OpenSSL offers also what it holds for too weak.
    const offered = ciphers && (version === 'TLSv1.3' ? ciphers : `${ciphers}:@SECLEVEL=0`);
    const client = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ciphers: offered,
    });
    try {
      await once(client, 'secureConnect');
      return [client.getProtocol(), client.getCipher().name];
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    } finally {
      client.destroy();
    }
  };
  return { offer, close };
}

test.each(['RSA', 'ECDSA'] as const)(
  'with a certificate of %s the pages speak TLS 1.2 with forward secrecy and AEAD, and TLS 1.3',
  async (kind) => {
    const { offer, close } = await listenWith(kind);
    for (const suite of [
      `ECDHE-${kind}-AES256-GCM-SHA384`,
      `ECDHE-${kind}-CHACHA20-POLY1305`,
      `ECDHE-${kind}-AES128-GCM-SHA256`,
    ]) {
      expect(await offer('TLSv1.2', suite)).toEqual(['TLSv1.2', suite]);
    }
    for (const suite of ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']) {
      expect(await offer('TLSv1.3', suite)).toEqual(['TLSv1.3', suite]);
    }
    // CBC; without forward secrecy; with the groups of a finite field, which are chosen by whoever set up the server.
    const bad = [
      `ECDHE-${kind}-AES256-SHA384`,
      `ECDHE-${kind}-AES128-SHA256`,
      `ECDHE-${kind}-AES128-SHA`,
      'AES256-GCM-SHA384',
      'AES128-GCM-SHA256',
      'AES128-SHA',
      'DHE-RSA-AES256-GCM-SHA384',
    ];
    for (const suite of bad) expect(await offer('TLSv1.2', suite), suite).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
    for (const version of ['TLSv1', 'TLSv1.1'] as const)
      expect(await offer(version, 'ALL'), version).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    await close();
  },
);
