import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inEnglish } from '../../words/say';
import { loadAuthority } from '../certificates/authority/authority';
import * as x509 from '../certificates/der/x509';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { makeKeys, newAuthority, privateKeyPem, temporaryFolder } from '../certificates/testing';
import { loadConfig } from '../config';
import { checkCertificates } from './check-certificates';
import { checkClock } from './check-clock';

const DAY_MS = 86_400_000;
const now = new Date('2031-03-01T12:00:00Z');
const later = (days: number) => new Date(now.getTime() + days * DAY_MS);

async function prepare(environment: Record<string, string> = {}) {
  const directory = await temporaryFolder();
  const authority = await loadAuthority(directory, { now });
  await ensureServerCertificate(authority, { directory, names: ['localhost'], now });
  const config = loadConfig([], { SYSMANAGE_CERTIFICATES_PATH: directory, ...environment });
  const look = async (at = now) =>
    (await checkCertificates(config, at)).map(({ state, said, mend }) => ({
      state,
      words: inEnglish(said),
      mend: mend && inEnglish(mend),
    }));
  return { directory, authority, look };
}

/** A certificate of the pages, with a key, in files of a folder, that ends in so many days of 90. */
async function makePages(days: number) {
  const folder = await temporaryFolder();
  const keys = await makeKeys();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    name: 'CN=localhost',
    notBefore: later(days - 90),
    notAfter: later(days),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  const [cert, key] = [join(folder, 'web.crt'), join(folder, 'web.key')];
  await writeFile(cert, made.toString('pem'));
  await writeFile(key, await privateKeyPem(keys));
  return { cert, key };
}

test('certificates that last are good; a CA that nears its end or has ended is told', async () => {
  const { look, authority } = await prepare();
  const end = authority.signing.notAfter.getTime();
  expect((await look()).map(({ state }) => state)).toEqual(['good', 'good', 'good']);
  expect((await look(new Date(end - 100 * DAY_MS)))[0]).toMatchObject({
    state: 'warning',
    words: expect.stringContaining('the CA lasts 100 days more'),
    mend: expect.stringContaining('ca.crt'),
  });
  expect((await look(new Date(end + DAY_MS)))[0]).toMatchObject({
    state: 'bad',
    words: expect.stringContaining('correct the clock, or move ca.key and ca.crt away'),
  });
});

test('an agents’ certificate that has ended, of another CA, or none at all is told, and the server makes another', async () => {
  const { directory, look } = await prepare();
  const mend = 'start the server: it makes another';
  expect((await look(later(400)))[1]).toEqual({
    state: 'warning',
    words: expect.stringContaining('the agents’ certificate ended on 2032-'),
    mend,
  });
  const path = join(directory, 'server.crt');
  for (const foreign of [(await newAuthority(now)).signing.pem, 'cut']) {
    await writeFile(path, foreign);
    expect((await look())[1]).toEqual({ state: 'warning', words: `${path} is no certificate of this CA`, mend });
  }
});

test('a certificate of the pages that ends soon, has ended, or has another key is told', async () => {
  const looksAt = async (cert: string, key: string) => {
    const { look } = await prepare({ SYSMANAGE_TLS_CERT: cert, SYSMANAGE_TLS_KEY: key });
    return (await look()).at(-1);
  };
  const [lasting, ending, ended] = await Promise.all([makePages(60), makePages(10), makePages(-2)]);
  expect(await looksAt(lasting.cert, lasting.key)).toMatchObject({ state: 'good' });
  expect(await looksAt(ending.cert, ending.key)).toMatchObject({
    state: 'warning',
    mend: 'have it renewed, and start the server again with it',
  });
  expect(await looksAt(ended.cert, ended.key)).toEqual({
    state: 'bad',
    words: 'the pages’ certificate ended on 2031-02-27',
    mend: `put another into ${ended.cert} and start the server again`,
  });
  expect(await looksAt(lasting.cert, ended.key)).toMatchObject({ state: 'bad', mend: 'correct tls.cert and tls.key' });
});

test('a clock apart from the database’s, and one before the CA was made, are told', async () => {
  const { directory } = await prepare();
  const config = { certificates: loadConfig([], { SYSMANAGE_CERTIFICATES_PATH: directory }).certificates };
  const told = async (theirs: number, at = now) =>
    (await checkClock(config, { theirs, ours: now.getTime() }, at))
      .filter(({ state }) => state === 'bad')
      .map(({ said, mend }) => [inEnglish(said), mend && inEnglish(mend)]);
  const mend = 'set the clock, and have it kept: timedatectl set-ntp true';
  expect(await told(now.getTime() + 4000)).toEqual([]);
  expect(await told(now.getTime() - 90_000)).toEqual([['it is 90 s apart from the database’s', mend]]);
  expect(await told(now.getTime(), later(-30))).toEqual([
    ['it says 2031-01-30T12:00:00.000Z, before the CA was made', mend],
  ]);
});
