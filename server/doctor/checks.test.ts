import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mountSmallDisk } from '../../db/testing-small-disk';
import { inEnglish } from '../../words/say';
import { loadAuthority } from '../certificates/authority/authority';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { makeKeys, privateKeyPem, temporaryFolder } from '../certificates/testing';
import { loadConfig } from '../config';
import { checkCertificates } from './check-certificates';
import { checkClock } from './check-clock';
import { checkDisk } from './check-disk';
import type { Finding } from './finding';

const DAY_MS = 86_400_000;

const readable = ({ state, said, mend }: Finding) => ({ state, said: inEnglish(said), mend: mend && inEnglish(mend) });

test('a disk that is nearly full is bad, and one with little room a warning, each with its mend', async ({ skip }) => {
  const folder = await temporaryFolder();
  for (const [megabytes, state] of [
    [16, 'bad'],
    [200, 'warning'],
  ] as const) {
    const data_dir = join(folder, String(megabytes));
    const unmount = mountSmallDisk(data_dir, megabytes);
    if (!unmount) return skip('a small disk of its own takes a mount, which this user may not');
    onTestFinished(unmount);
    const [found] = await checkDisk({ data_dir, log: { level: 'info', file: '' } as never });
    expect(readable(found!)).toMatchObject({
      state,
      said: expect.stringContaining(data_dir),
      mend: expect.any(String),
    });
  }
});

test('certificates that end soon, that have ended, and that are of another key are told, each with its mend', async () => {
  const folder = await temporaryFolder();
  const certs = join(folder, 'certs');
  await ensureServerCertificate(await loadAuthority(certs), {
    directory: certs,
    names: ['localhost'],
    now: new Date(),
  });
  await writeFile(join(folder, 'other.key'), await privateKeyPem(await makeKeys()));
  const pages = (key: string) =>
    loadConfig([], {
      SYSMANAGE_DATA_DIR: folder,
      SYSMANAGE_TLS_CERT: join(certs, 'server.crt'),
      SYSMANAGE_TLS_KEY: join(folder, key),
    });
  const look = async (days: number, key = 'certs/server.key') =>
    (await checkCertificates(pages(key), new Date(Date.now() + days * DAY_MS))).map(readable);
  expect((await look(0)).map(({ state }) => state)).toEqual(['good', 'good', 'good']);
  const ended = await look(1000);
  expect(ended.map(({ state }) => state)).toEqual(['good', 'warning', 'bad']);
  for (const { said, mend } of ended.slice(1)) {
    expect(said).toMatch(/ended on \d{4}-\d\d-\d\d$/);
    expect(mend).toEqual(expect.any(String));
  }
  expect((await look(36_500))[0]).toMatchObject({ state: 'bad', mend: expect.any(String) });
  expect((await look(0, 'other.key')).at(-1)).toMatchObject({ state: 'bad', mend: expect.any(String) });
});

test('a clock beside the database’s is told when it is seconds apart, either way', async () => {
  const certificates = { path: await temporaryFolder() } as Parameters<typeof checkClock>[0]['certificates'];
  const states = async (apartMs: number) =>
    (await checkClock({ certificates }, { ours: 1e12, theirs: 1e12 + apartMs }))
      .map(readable)
      .filter(({ said }) => said.includes('apart'));
  expect(await states(4000)).toEqual([]);
  for (const apart of [60_000, -60_000])
    expect(await states(apart)).toEqual([
      { state: 'bad', said: expect.stringContaining('60 s apart'), mend: expect.stringContaining('set-ntp') },
    ]);
});
