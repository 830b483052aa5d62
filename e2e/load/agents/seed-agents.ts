import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { openDatabase } from '../../../db/open-database';
import { migrateUp } from '../../../db/migrate';
import { certificates, hostEnrolments, hosts } from '../../../db/schema';
/* eslint-disable @typescript-eslint/no-restricted-imports -- Thousands of machines through the door would meet the
   limits on strangers, which are not what is measured. */
import { loadAuthority } from '../../../server/certificates/authority/authority';
import { issueClientCertificate } from '../../../server/certificates/issue-client-certificate';
/* eslint-enable @typescript-eslint/no-restricted-imports */

/** What an approved machine holds; `cert` and `key` are PEM. */
export interface Identity {
  hostId: string;
  fqdn: string;
  serial: string;
  cert: string;
  key: string;
  /** The address it registered from. */
  address: string;
}

interface Seeding {
  dataDir: string;
  /** Of PostgreSQL; the embedded database in `dataDir` without one. */
  url?: string;
  count: number;
  /** Where each machine registered from. */
  addressOf?: (index: number) => string;
}

/** Rows a statement: enough for its cost not to matter, and below the bound on parameters. */
const BATCH = 500;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A database and a CA as approving so many machines leaves them, and what the machines hold. `ca` is PEM. */
export async function seedAgents({ dataDir, url, count, addressOf = () => '192.0.2.7' }: Seeding) {
  const database = await openDatabase({ url, directory: dataDir });
  await migrateUp(database);
  const authority = await loadAuthority(join(dataDir, 'certs'));
  const agents: Identity[] = [];
  for (let from = 0; from < count; from += BATCH) {
    const indexes = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => from + i);
    const machines = await Promise.all(indexes.map((index) => enrol(`host-${index}.example.com`, addressOf(index))));
    await database.db.insert(hosts).values(machines.map(({ host }) => host));
    await database.db.insert(hostEnrolments).values(machines.map(({ host, csr }) => ({ hostId: host.id, csr })));
    await database.db.insert(certificates).values(machines.map(({ issued, host }) => ({ ...issued, hostId: host.id })));
    agents.push(...machines.map(({ identity }) => identity));
  }
  await database.close();
  return { ca: authority.signing.pem, agents };

  async function enrol(fqdn: string, address: string) {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const signing = { name: 'CN=a', keys, signingAlgorithm: ALGORITHM };
    const csr = (await x509.Pkcs10CertificateRequestGenerator.create(signing)).toString('pem');
    const hostId = webcrypto.randomUUID();
    const issued = await issueClientCertificate(authority, { csr, hostId, fqdn, days: 90 });
    const host = {
      ...({ id: hostId, fqdn, platform: 'linux', approval: 'approved', registeredFrom: address } as const),
      ...{ keyFingerprint: issued.keyFingerprint, fingerprintWords: 'six words', addresses: ['192.0.2.7'] },
      ...{ osName: 'Debian GNU/Linux', osVersion: '12', agentVersion: '1.0.0' },
    };
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { issued, csr, host, identity: { hostId, fqdn, serial: issued.serial, cert: issued.pem, key, address } };
  }
}
