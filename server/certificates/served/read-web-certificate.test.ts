import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { loadAuthority } from '../authority/authority';
import { ensureServerCertificate } from './ensure-server-certificate';
import { makeKeys, privateKeyPem, temporaryFolder } from '../testing';
import { ConfigError } from '../../config';
import { readWebCertificate } from './read-web-certificate';

let folder: string;
const inFolder = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await temporaryFolder();
  await ensureServerCertificate(await loadAuthority(folder), {
    directory: folder,
    names: ['localhost'],
    now: new Date(),
  });
  await writeFile(inFolder('other.key'), await privateKeyPem(await makeKeys()));
  await writeFile(inFolder('empty.pem'), '');
  await writeFile(inFolder('notes.txt'), 'not PEM: hunter2');
});

const read = (cert?: string, key?: string) =>
  readWebCertificate({ tls: { cert: cert && inFolder(cert), key: key && inFolder(key) } });

test('none configured is none', () => {
  expect(read()).toBeNull();
});

test('a pair is read', async () => {
  expect(read('server.crt', 'server.key')).toEqual({
    cert: await readFile(inFolder('server.crt'), 'utf8'),
    key: await readFile(inFolder('server.key'), 'utf8'),
    notAfter: expect.any(Date) as Date,
  });
});

test.each([
  ['missing.crt', 'server.key', 'tls.cert', 'cannot be read (ENOENT)'],
  ['server.crt', 'missing.key', 'tls.key', 'cannot be read (ENOENT)'],
  ['.', 'server.key', 'tls.cert', 'cannot be read (EISDIR)'],
  ['notes.txt', 'server.key', 'tls.cert', 'is not a certificate in PEM'],
  ['server.key', 'server.key', 'tls.cert', 'is not a certificate in PEM'],
  ['server.crt', 'notes.txt', 'tls.key', 'is not an unencrypted private key in PEM'],
  ['server.crt', 'server.crt', 'tls.key', 'is not an unencrypted private key in PEM'],
  ['empty.pem', 'server.key', 'tls.cert', 'is not a certificate in PEM'],
  ['server.crt', 'empty.pem', 'tls.key', 'is not an unencrypted private key in PEM'],
  ['server.crt', 'other.key', 'tls.key', 'does not belong to'],
])('%s with %s: the line names %s and the mend', (cert, key, name, mistake) => {
  let caught: unknown;
  try {
    read(cert, key);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(ConfigError);
  const { mistakes } = caught as ConfigError;
  expect(mistakes).toEqual([
    expect.stringContaining(`${name}: ${inFolder(name === 'tls.cert' ? cert : key)} ${mistake}`),
  ]);
  expect(mistakes.join()).not.toMatch(/hunter2|\n|OSSL|PEM_read/);
});
