import { createServer } from 'node:http';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DatabaseLockedError, DatabaseUnreachableError } from '../../db/errors';
import { CertificateFileError } from '../certificates/authority/authority';
import { temporaryFolder } from '../certificates/testing';
import { ConfigError } from '../config';
import { explainFailure } from './explain-failure';
import { listen } from '../http/listen';

const failureOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => Promise.reject(new Error('it went well')),
    (error: unknown) => error,
  );

test('each mistake in the configuration is a line', () => {
  expect(explainFailure(new ConfigError(['one', 'two']))).toEqual({ lines: ['one', 'two'], exitCode: 78 });
});

test.each([
  [new DatabaseUnreachableError('gone', { cause: new Error('password=hunter2') }), 69],
  [new DatabaseLockedError('held'), 69],
  [new CertificateFileError('damaged', { cause: new Error('hunter2') }), 78],
])('%s is its own message, without its cause', (error, exitCode) => {
  expect(explainFailure(error)).toEqual({ lines: [error.message], exitCode });
});

test('a port that is taken is named', async () => {
  const taken = await listen(createServer(), { port: 0, host: '127.0.0.1' });
  const error = await failureOf(listen(createServer(), { port: taken.port, host: '127.0.0.1' }));
  await taken.close();
  expect(explainFailure(error)).toEqual({
    lines: [expect.stringContaining(`port ${taken.port} is in use`)],
    exitCode: 69,
  });
});

test.each([
  ['192.0.2.1', 'is not an address of this machine'],
  ['not a name', 'is not a name this machine can look up'],
])('an address to listen on that is not ours is named: %s', async (host, what) => {
  const error = await failureOf(listen(createServer(), { port: 0, host }));
  expect(explainFailure(error)).toEqual({ lines: [expect.stringContaining(`${host} ${what}`)], exitCode: 78 });
});

test('a path that cannot be written is named', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  const error = await failureOf(mkdir(join(file, 'folder')));
  expect(explainFailure(error)).toEqual({
    lines: [expect.stringContaining(`${join(file, 'folder')} cannot be written (ENOTDIR)`)],
    exitCode: 73,
  });
});

test('a file that is not there is named', async () => {
  const file = join(await temporaryFolder(), 'missing');
  const error = await failureOf(open(file));
  expect(explainFailure(error)).toEqual({ lines: [expect.stringContaining(`${file} does not exist`)], exitCode: 78 });
});

// Made by hand: a test that runs as root is refused no port.
test('a port that needs more rights is named', () => {
  const error = Object.assign(new Error('listen EACCES'), {
    code: 'EACCES',
    syscall: 'listen',
    port: 443,
    address: '::',
  });
  expect(explainFailure(error)).toEqual({
    lines: [expect.stringContaining('port 443 needs more rights')],
    exitCode: 69,
  });
});

test('what nobody foresaw shows where it came from', () => {
  const { lines, exitCode } = explainFailure(new Error('what?'));
  expect(exitCode).toBe(70);
  expect(lines).toEqual([expect.stringMatching(/^Error: what\?\n +at .*explain-failure\.test/)]);
});

test.each([[undefined], [null], ['text'], [{}], [7]])('%j may be thrown as well', (thrown) => {
  expect(explainFailure(thrown)).toEqual({ lines: [expect.any(String)], exitCode: 70 });
});
