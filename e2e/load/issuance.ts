/**
 * How many client certificates a core issues: request in, signed certificate in the database, a row and a statement
 * each. `node --import tsx e2e/load/issuance.ts [ROUNDS]` prints JSON; Linux only.
 *
 * `primitives` is the ceiling: the key read, the request's signature verified and one signature made, by `node:crypto`
 * and nothing else. `signed` is without the database. PGlite runs in this process and is counted; PostgreSQL has
 * processes of its own, which are not.
 */
import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify, webcrypto } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { Database } from '../../db/client';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { certificates, hosts } from '../../db/schema';
import { startTestPostgresql } from '../../db/testing-postgresql';
/* eslint-disable @typescript-eslint/no-restricted-imports -- What is measured is these functions: through the listener
   they would be a tenth of the figure. */
import { loadAuthority } from '../../server/certificates/authority/authority';
import { issueClientCertificate } from '../../server/certificates/issue-client-certificate';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { describeMachine } from './measure/describe-machine';
import { type Figures, measure, medians } from './measure/measure';

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = 1000;
const CONCURRENCY = 8;
const HOSTS = 100;
const WANTED = 1000;

const postgresql = await startTestPostgresql();
const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
try {
  const authority = await loadAuthority(join(folder, 'certs'));
  const requests = await Promise.all(Array.from({ length: HOSTS }, makeRequest));
  let next = 0;
  const issue = (host = requests[next++ % HOSTS]!) => issueClientCertificate(authority, { ...host, days: 90 });

  async function storing(url: string | undefined) {
    const database = await openDatabase({ url, directory: folder });
    await migrateUp(database);
    const ids = await insertHosts(database.db, requests);
    const figures = await perCore(async () => {
      const host = next++ % HOSTS;
      const issued = await issueClientCertificate(authority, { ...requests[host]!, hostId: ids[host]!, days: 90 });
      await database.db.insert(certificates).values({ ...issued, hostId: ids[host] });
    });
    await database.close();
    return figures;
  }

  const results = {
    primitives: await perCore(usePrimitives()),
    signed: await perCore(() => issue()),
    storedInPglite: await storing(undefined),
    storedInPostgresql: await storing(postgresql.url),
  };
  console.log(JSON.stringify({ benchmark: 'issuance', machine: describeMachine(), wanted: WANTED, results }, null, 2));
} finally {
  await postgresql.stop();
  await rm(folder, { recursive: true });
}

async function perCore(act: () => Promise<unknown>): Promise<Figures> {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round++) {
    rounds.push(await measure({ pid: process.pid, count: COUNT, concurrency: CONCURRENCY, act }));
  }
  // The first is for the machine code that V8 has yet to make.
  return medians(rounds.slice(1));
}

async function makeRequest() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=a',
    keys,
    signingAlgorithm: algorithm,
  });
  const fqdn = `${randomBytes(4).toString('hex')}.example`;
  return { csr: request.toString('pem'), hostId: webcrypto.randomUUID(), fqdn };
}

function usePrimitives(): () => Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const signature = sign('sha256', spki, privateKey);
  return async () => {
    const key = createPublicKey({ key: spki, type: 'spki', format: 'der' });
    if (!verify('sha256', spki, key, signature)) throw new Error('OpenSSL does not verify what it signed');
    sign('sha256', spki, privateKey);
  };
}

async function insertHosts(db: Database, requests: { csr: string; fqdn: string }[]): Promise<string[]> {
  const rows = await db
    .insert(hosts)
    .values(
      requests.map(({ csr, fqdn }) => ({
        csr,
        fqdn,
        platform: 'linux' as const,
        approval: 'approved' as const,
        keyFingerprint: randomBytes(32).toString('hex'),
        fingerprintWords: 'a b c d e f',
        osName: 'Debian GNU/Linux',
        osVersion: '12',
        agentVersion: '1.0.0',
        addresses: ['192.0.2.7'],
        registeredFrom: '192.0.2.7',
      })),
    )
    .returning({ id: hosts.id });
  return rows.map(({ id }) => id);
}
