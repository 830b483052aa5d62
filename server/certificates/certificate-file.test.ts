import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  CertificateFileError,
  commitFile,
  readCertificateFile,
  stagedPath,
  stageFile,
  writeCertificateFile,
} from './certificate-file';
import { temporaryFolder } from './testing';

function withUmask(mask: number) {
  const before = process.umask(mask);
  onTestFinished(() => void process.umask(before));
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('files and folders have their modes under the usual umask', async () => {
  withUmask(0o022);
  const folder = join(await temporaryFolder(), 'data', 'certs');
  await writeCertificateFile(join(folder, 'a.key'), 'key', 0o600);
  await writeCertificateFile(join(folder, 'a.crt'), 'certificate', 0o644);
  expect(await modeOf(folder)).toBe('755');
  expect(await modeOf(join(folder, 'a.key'))).toBe('600');
  expect(await modeOf(join(folder, 'a.crt'))).toBe('644');
});

test('a key is narrow from its creation, whatever the umask, and whatever it replaces', async () => {
  withUmask(0);
  const path = join(await temporaryFolder(), 'a.key');
  await writeFile(path, 'old', { mode: 0o666 });
  await stageFile(path, 'key', 0o600);
  expect(await modeOf(stagedPath(path))).toBe('600');
  await commitFile(path);
  expect(await modeOf(path)).toBe('600');
});

test('a reader sees the old text until the new one is whole', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.crt');
  await writeCertificateFile(path, 'old', 0o644);
  await stageFile(path, 'new', 0o644);
  expect(await readFile(path, 'utf8')).toBe('old');
  await commitFile(path);
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['a.crt']);
});

test('what a crash left half-written does not stop the next write, nor lend it its mode', async () => {
  const path = join(await temporaryFolder(), 'a.key');
  await writeFile(stagedPath(path), 'hal', { mode: 0o644 });
  await writeCertificateFile(path, 'whole', 0o600);
  expect(await readFile(path, 'utf8')).toBe('whole');
  expect(await modeOf(path)).toBe('600');
});

test('a file that is not there is no mistake; one that cannot be read or written is named', async () => {
  const folder = await temporaryFolder();
  expect(await readCertificateFile(join(folder, 'none'))).toBeUndefined();
  await expect(readCertificateFile(folder)).rejects.toThrow(`${folder} cannot be read (EISDIR)`);

  const file = join(folder, 'file');
  await writeFile(file, '');
  const below = join(file, 'certs', 'ca.key');
  await expect(writeCertificateFile(below, 'key', 0o600)).rejects.toThrow(CertificateFileError);
  const taken = join(folder, 'taken');
  await mkdir(taken);
  await expect(writeCertificateFile(taken, 'key', 0o600)).rejects.toThrow(`${taken} cannot be written (EISDIR)`);
  await expect(writeCertificateFile(below, 'key', 0o600)).rejects.toThrow(`${below} cannot be written (ENOTDIR)`);
});
