import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { CertificateFileError } from '../certificate-file';
import { readPassphrases } from './read-passphrases';
import { temporaryFolder } from '../testing';

let path: string;

beforeEach(async () => {
  path = join(await temporaryFolder(), 'passphrase');
});

const read = (certificates: { passphrase_file?: string }, secret_key?: string) =>
  readPassphrases({
    secret_key,
    certificates: { path: '', names: [], client_days: 1, lapse_days: 1, ...certificates },
  });

test('none is configured, none is there', async () => {
  expect(await read({})).toEqual([]);
});

test('those of the file, from the top, then the secret key', async () => {
  await writeFile(path, 'the passphrase of today\r\n\nthe one of before\n', { mode: 0o600 });
  expect(await read({ passphrase_file: path }, 'the secret key')).toEqual([
    { text: 'the passphrase of today', origin: path },
    { text: 'the one of before', origin: path },
    { text: 'the secret key', origin: 'secret_key' },
  ]);
  expect(await read({}, 'the secret key')).toEqual([{ text: 'the secret key', origin: 'secret_key' }]);
});

test.each([
  ['an empty file', '\n\n'],
  ['a short passphrase', 'hunter2'],
  ['a short former one', 'the passphrase of today\nhunter2'],
])('%s is refused, and not repeated', async (_, text) => {
  await writeFile(path, text, { mode: 0o600 });
  const failure = await read({ passphrase_file: path }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CertificateFileError);
  expect((failure as Error).message).toContain(
    `${path} must hold a passphrase of at least 12 characters on its first line`,
  );
  expect((failure as Error).message).not.toContain('hunter2');
});

test('a file that everyone can read is refused with its mend', async () => {
  await writeFile(path, 'the passphrase of today');
  await chmod(path, 0o644);
  await expect(read({ passphrase_file: path })).rejects.toThrow(`run chmod 600 ${path}`);
});

test('a file that is not there is named', async () => {
  await expect(read({ passphrase_file: path })).rejects.toThrow(
    `${path} does not exist: make it, or correct certificates.passphrase_file`,
  );
});
