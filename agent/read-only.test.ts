import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCsr, openIdentity } from './identity';
import { openPairs } from './pairs';
import { openStateFolder } from './state/open-folder';
import { issueFor, keepingIn, makeAuthority, makeStateFolder, recordLog } from './testing';
import { setUpRun } from './testing-run';

/** A user of its own, who is root there, may mount what nobody else sees. Not every kernel lets one. */
const canMount = process.platform === 'linux' && spawnSync('unshare', ['-rm', 'true']).status === 0;

const MOUNT_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
const moduleAt = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/**
 * The agent, which mounts its folder for writing when it is told to on standard input. It tries again without patience.
 */
const PROGRAM = `
  import { execFileSync } from 'node:child_process';
  import { openIdentity } from ${moduleAt('./identity.ts')};
  import { createLog } from ${moduleAt('./process/log.ts')};
  import { run } from ${moduleAt('./run.ts')};
  import { Keeper } from ${moduleAt('./state/keeper.ts')};
  import { createSettingsKeeper } from ${moduleAt('./state/settings.ts')};
  const [folder, server] = process.argv.slice(-2);
  const log = createLog('debug');
  const keeper = new Keeper(log, 50);
  process.stdin.once('data', () => execFileSync('mount', ['-o', 'remount,bind,rw', folder]));
  await run({
    ...{ folder, keeper, log, remember: createSettingsKeeper(folder, keeper), identity: openIdentity(folder) },
    ...{ servers: [new URL(server)], token: null, expectedPins: undefined, once: false },
    ...{ environment: process.env, logTail: () => '' },
    signal: new AbortController().signal,
    random: () => 0.001,
  });`;

/** Starts what the arguments of Node say, with a state directory that it can read and not write, root or not. */
function startReadOnly(folder: string, args: string[]) {
  const child = spawn(
    'unshare',
    ['-rm', 'sh', '-c', MOUNT_READ_ONLY, folder, process.execPath, '--import', 'tsx', ...args],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (data) => (said += data));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const until = async (part: string) => {
    while (!said.includes(part)) {
      await Promise.race([once(child.stderr, 'data'), ended.then(() => Promise.reject(new Error(said)))]);
    }
  };
  return { until, ended, said: () => said, makeWritable: () => child.stdin.write('now\n') };
}

const program = new URL('./main.ts', import.meta.url).pathname;

describe.skipIf(!canMount)('on a read-only state directory', { timeout: 60_000 }, () => {
  it('an enrolled agent connects, warns, and says so to the server, once; one that is not enrolled ends with 73', async () => {
    const { state, server, folder, start } = await setUpRun();
    await start({ once: true });
    const main = [program, '--server', server.url.href, '--log-level', 'debug', '--state-dir'];
    const agent = startReadOnly(folder, [...main, folder]);
    await agent.until('warn  cannot write agent.yaml: EROFS');
    await state.reported(1);
    // Errors are said one after another: with the third, the first two are known to have been heard.
    state.tell({ kind: 'teleport' });
    await state.until(() => state.errors.length === 3);
    for (const socket of server.sockets) socket.close(1012, '1');
    await state.reported(2);
    expect(state.errors.filter(({ kind }) => kind === 'failed')).toEqual([
      { kind: 'failed', message: expect.stringMatching(/^cannot write the state directory: EROFS/) },
      { kind: 'failed', message: expect.stringMatching(/^cannot write agent.yaml: EROFS/) },
    ]);
    expect(state.registrations).toBe(1);

    // What a first start leaves that was stopped at once: a key, and no certificate.
    const other = makeStateFolder();
    openStateFolder(other);
    openIdentity(other);
    expect(await startReadOnly(other, [...main, other]).ended).toBe(73);
  });

  it('an agent renews, enrols again and trusts another CA in memory as far as it can, and writes all of it when it can', async () => {
    const { state, authority, server, folder, start } = await setUpRun();
    await start({ once: true });
    // A renewal that no connection has confirmed yet.
    const pairs = openPairs(folder, openIdentity(folder), [authority.pem], keepingIn(folder, recordLog().log).keeper);
    const next = pairs.nextIdentity();
    pairs.keepNext(next, await issueFor(authority, await createCsr(next, 'a.test'), 'id'));
    const files = () => readdirSync(folder).sort();
    const before = files();
    const agent = startReadOnly(folder, ['--input-type=module', '-e', PROGRAM, folder, server.url.href]);
    await state.reported(1);
    for (const socket of server.sockets) socket.close(1012, '1');
    await state.reported(2);

    // Its access is withdrawn and given back.
    state.door = 403;
    for (const socket of server.sockets) socket.close(4001);
    await state.until(() => state.registrations === 2);
    state.door = undefined;
    await state.reported(3);

    const another = await makeAuthority('Another');
    state.tell({ kind: 'authorities', certificates: [authority.pem, another.pem] });
    await agent.until('cannot write ca.crt');
    state.tell({ kind: 'renew', withinSeconds: 0 });
    await agent.until('the certificate was not renewed');
    expect(state.renewals).toBe(0);
    expect(files()).toEqual(before);

    agent.makeWritable();
    await agent.until('the certificate is renewed');
    await state.reported(4);
    await expect.poll(files).toEqual(['agent.yaml', 'ca.crt', 'client.crt', 'client.key', 'server.fingerprint']);
    const identity = openIdentity(folder);
    expect(identity.publicKeyDer).not.toEqual(next.publicKeyDer);
    expect(new X509Certificate(readFileSync(join(folder, 'client.crt'))).checkPrivateKey(identity.privateKey)).toBe(
      true,
    );
    expect(readFileSync(join(folder, 'ca.crt'), 'utf8').match(/BEGIN/g)).toHaveLength(2);
    // What was said while a connection ended is said again, in the same words.
    const told = [...new Set(state.errors.map(({ message }) => message))];
    expect(told.map((message) => message.replace(/:.*/s, '')).sort()).toEqual([
      'cannot write ca.crt',
      'cannot write the key and its certificate',
      'cannot write the next key',
    ]);
  });

  it('an agent that is to become another waits until it can keep a key of its own', async () => {
    const { state, server, folder, start } = await setUpRun();
    await start({ once: true });
    const agent = startReadOnly(folder, ['--input-type=module', '-e', PROGRAM, folder, server.url.href]);
    await state.reported(1);
    state.tell({ kind: 'split' });
    await agent.until('cannot set the shared key');
    expect(state.registrations).toBe(1);
    agent.makeWritable();
    await state.reported(2);
    expect(state.registrations).toBe(2);
  });
});
