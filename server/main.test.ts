import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../db/lock-directory';
import { projectRoot } from './process/project';
import { END_WITH_PARENT } from './process/testing-server';
import { SYSMANAGE } from './cli/testing';
import { listen } from './http/listen';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sysmanage-start-'));
  await writeFile(join(folder, 'file'), 'I am a file');
});
afterAll(() => rm(folder, { recursive: true }));

const inFolder = (...names: string[]) => join(folder, ...names);

/** A server that is meant to fail: what it says on standard error, a line an entry, and its exit code. */
async function start(environment: Record<string, string>, ...args: string[]) {
  const ports = { SYSMANAGE_API_PORT: '0', SYSMANAGE_FRONTEND_PORT: '0' };
  const child = spawn(process.execPath, [...END_WITH_PARENT, SYSMANAGE, 'serve', '--no-local-agent', ...args], {
    cwd: projectRoot,
    // Only what is given here: the variables of whoever runs the tests may be a configuration.
    env: {
      NODE_ENV: 'test',
      SYSMANAGE_DATA_DIR: inFolder('data'),
      SYSMANAGE_LOG_FORMAT: 'json',
      ...ports,
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout: output.stdout, lines: output.stderr.split('\n').filter(Boolean) };
}

/** One line, and what it is about. */
const line = (text: string): unknown =>
  expect.stringMatching(new RegExp(`^sysmanage: .*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));

test('every mistake in the configuration, a line each', async () => {
  const { exitCode, lines, stdout } = await start({
    SYSMANAGE_API_PORT: 'http',
    SYSMANAGE_LGO_LEVEL: 'info',
    DATABASE_URL: 'mysql://me:hunter2@db',
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' });
  expect(lines).toHaveLength(3);
  expect(lines).toEqual(
    expect.arrayContaining([
      line('SYSMANAGE_API_PORT: '),
      line('did you mean SYSMANAGE_LOG_LEVEL?'),
      line('DATABASE_URL: '),
    ]),
  );
  expect(lines.join()).not.toContain('hunter2');
});

test('help is no failure', async () => {
  expect(await start({}, '--help')).toMatchObject({
    exitCode: 0,
    lines: [],
    stdout: expect.stringContaining('--config FILE'),
  });
});

test('an administrator whose password is the first that is guessed', async () => {
  const environment = {
    SYSMANAGE_DATA_DIR: inFolder('weak'),
    SYSMANAGE_ADMIN_EMAIL: 'admin@example.com',
    SYSMANAGE_ADMIN_PASSWORD: 'Password1234',
  };
  const { exitCode, lines, stdout } = await start(environment);
  expect({ exitCode, lines }).toEqual({ exitCode: 78, lines: [line('SYSMANAGE_ADMIN_PASSWORD')] });
  expect(stdout + lines.join()).not.toContain('Password1234');
});

test('the data directory is a file', async () => {
  expect(await start({ SYSMANAGE_DATA_DIR: inFolder('file') })).toMatchObject({
    exitCode: 69,
    lines: [line(inFolder('file'))],
  });
});

test('PostgreSQL is not there', async () => {
  const closed = await listen(createServer(), { port: 0, host: '127.0.0.1' });
  await closed.close();
  const { exitCode, lines, stdout } = await start({
    DATABASE_URL: `postgres://me:hunter2@127.0.0.1:${closed.port}/sysmanage`,
  });
  expect({ exitCode, lines }).toEqual({ exitCode: 69, lines: [line(`127.0.0.1:${closed.port}/sysmanage`)] });
  expect(lines.join() + stdout).not.toContain('hunter2');
});

test('the certificates’ folder is inside a file', async () => {
  expect(await start({ SYSMANAGE_CERTIFICATES_PATH: inFolder('file', 'certs') })).toMatchObject({
    exitCode: 78,
    lines: [line(inFolder('file', 'certs'))],
  });
});

test('the agents’ port is taken', async () => {
  const taken = await listen(createServer(), { port: 0 });
  onTestFinished(() => taken.close());
  expect(await start({ SYSMANAGE_API_PORT: String(taken.port) })).toMatchObject({
    exitCode: 69,
    lines: [line(`port ${taken.port} is in use`)],
  });
});

test.each([
  ['no address of this machine', '192.0.2.1'],
  ['no name of any', 'not a name'],
])('the agents’ address is %s', async (_what, address) => {
  expect(await start({ SYSMANAGE_API_HOST: address })).toMatchObject({ exitCode: 78, lines: [line(address)] });
});

test('another server has the data directory', async () => {
  const release = await lockDirectory(inFolder('data'));
  const outcome = await start({});
  await release();
  expect(outcome).toMatchObject({ exitCode: 69, lines: [line(`in use by process ${process.pid}`)] });
});

test('the pages’ certificate is not there', async () => {
  const outcome = await start({ SYSMANAGE_TLS_CERT: inFolder('web.crt'), SYSMANAGE_TLS_KEY: inFolder('web.key') });
  expect(outcome).toMatchObject({
    exitCode: 78,
    lines: [line(`tls.cert: ${inFolder('web.crt')} cannot be read (ENOENT)`)],
  });
});
