import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './open-database';
import { DatabaseOpenError, DatabaseUnreachableError } from './errors';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-db-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function failure(options: Parameters<typeof openDatabase>[0]): Promise<Error> {
  const error = await openDatabase(options).then(
    () => new Error('it opened'),
    (thrown: Error) => thrown,
  );
  expect(error.message).not.toContain('\n');
  return error;
}

test('a closed port is named, the password is not', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  for (const host of ['127.0.0.1', 'localhost']) {
    const error = await failure({ url: `postgres://me:hunter2@${host}:${port}/sysmanage`, directory: '' });
    expect(error).toBeInstanceOf(DatabaseUnreachableError);
    expect(error.message).toContain(`${host}:${port}/sysmanage`);
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).not.toContain('hunter2');
  }
});

test('an address that cannot be parsed is not repeated', async () => {
  const error = await failure({ url: 'postgres://me:hunter2@[oops/sysmanage', directory: '' });
  expect(error).toBeInstanceOf(DatabaseUnreachableError);
  expect(error.message).not.toContain('hunter2');
});

test('a data directory that cannot be made is named', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const error = await failure({ directory: join(folder, 'file') });
  expect(error).toBeInstanceOf(DatabaseOpenError);
  expect(error.message).toContain(join(folder, 'file'));
});
