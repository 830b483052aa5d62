import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { execute, startTestPostgresql } from '../../db/testing-postgresql';
import { spawnAgent } from '../agents/testing-agent';
import { startGate } from '../agents/testing-gate';
import { signInTo, spawnServer } from '../process/testing-server';

export const PATIENCE = { timeout: 45_000, interval: 100 };

/** Of a silent line, seconds: it counts as dead after one and a half times this. */
const PING_SECONDS = 5;

/** Bytes of a machine's disk, where it has one of its own. */
const DISK_BYTES = 1024 * 1024;

export type World = Awaited<ReturnType<typeof startWorld>>;
export type Machine = World['machines'][number];

/**
 * A server on a database, and machines, each behind a gate: all of them processes of their own, as they are started in
 * earnest.
 * @param count of machines
 * @param hasDisks each machine's agent keeps what it keeps on a small file system of its own, which takes root
 */
export async function startWorld(kind: 'postgresql' | 'pglite', count: number, hasDisks: boolean) {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
  };
  try {
    return { ...(await buildWorld(kind, count, hasDisks, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param stops what is to be done at the end, the last first: as far as it came */
async function buildWorld(kind: 'postgresql' | 'pglite', count: number, hasDisks: boolean, stops: (() => unknown)[]) {
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-faults-'));
  stops.push(() => rmSync(scratch, { recursive: true, force: true }));
  const postgresql = kind === 'postgresql' ? await startTestPostgresql() : null;
  if (postgresql) stops.push(() => postgresql.stop());
  // A crash of the database must not take what it said it had: a role's setting goes before the command line's.
  if (postgresql) await execute(postgresql.url, 'alter role postgres set synchronous_commit = on');
  const startServer = () =>
    spawnServer(join(scratch, 'data'), {
      ...(postgresql && { DATABASE_URL: postgresql.url }),
      ...{ SYSMANAGE_HEARTBEAT_PING_SECONDS: String(PING_SECONDS), SYSMANAGE_HEARTBEAT_GRACE_SECONDS: '0' },
    });
  let server = await startServer();
  stops.push(() => server.end('SIGKILL'));
  const admin = await signInTo(() => server.url);
  const document = `heartbeat: { ping_seconds: ${PING_SECONDS} }`;
  await admin.configuration.saveGlobal.mutate({ document, etag: '"0"' });
  const machines = await Promise.all(
    Array.from({ length: count }, (_, nth) => addMachine(join(scratch, `machine-${nth}`), `machine-${nth}`)),
  );
  await approveAll();

  async function addMachine(folder: string, hostname: string) {
    const gate = await startGate(() => server.agentsPort);
    stops.push(() => gate.stop());
    const stateDir = join(folder, 'state');
    const countdown = join(folder, 'countdown');
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    if (hasDisks) {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES},mode=0700`, 'sysmanage', stateDir]);
      stops.push(() => execFileSync('umount', [stateDir]));
    }
    const start = () =>
      spawnAgent({ server: gate.url, stateDir, hostname, stopAt: { file: 'commands/journal', countdown } });
    let agent = start();
    const end = async () => {
      agent.kill();
      await agent.ended;
    };
    stops.push(end);
    const journal = () => readText(join(stateDir, 'commands/journal'));
    return {
      hostname,
      gate,
      stateDir,
      hostId: '',
      journal,
      agent: () => agent,
      /** It stops before it opens its journal for writing, after so many times more. */
      stopAfter: (openings: number) => writeFileSync(countdown, String(openings)),
      untilStopped: () =>
        expect.poll(() => readText(`/proc/${agent.pid}/status`), PATIENCE).toMatch(/^State:\tT \(stopped\)/m),
      goOn: () => agent.kill('SIGCONT'),
      async restart() {
        await end();
        rmSync(countdown, { force: true });
        agent = start();
      },
    };
  }

  async function approveAll(): Promise<void> {
    const pending = () => admin.hosts.list.query({ state: 'pending', limit: 50 }).then(({ hosts }) => hosts);
    // Before any test, where `expect.poll` is not to be had.
    await vi.waitFor(async () => expect(await pending()).toHaveLength(count), PATIENCE);
    for (const { id, fqdn } of await pending()) {
      await admin.hosts.approve.mutate({ hostId: id });
      machines.find(({ hostname }) => fqdn.startsWith(hostname))!.hostId = id;
    }
    const draft = { kind: 'list_processes', parameters: {}, targets: { all: true } } as const;
    const isKnown = () => admin.commands.preview.query(draft).then(({ notTold }) => notTold);
    await vi.waitFor(async () => expect(await isKnown()).toBe(0), PATIENCE);
    for (const { hostId } of machines) {
      const status = () => admin.configuration.ofHost.query({ hostId }).then((host) => host.status);
      await vi.waitFor(async () => expect(await status()).toBe('applied'), PATIENCE);
    }
  }

  return {
    admin,
    machines,
    scratch,
    stopServer: () => server.signal('SIGSTOP'),
    serverGoesOn: () => server.signal('SIGCONT'),
    async killServer() {
      await server.end('SIGKILL');
      server = await startServer();
    },
    /** One of its processes is killed: it ends all others and begins anew from its log. */
    async crashDatabase() {
      const client = new pg.Client({ connectionString: postgresql!.url });
      const isCut = new Promise((resolve) => client.on('error', resolve));
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      process.kill(rows[0]!.pid, 'SIGKILL');
      await isCut;
    },
    /** What the server has printed, for whoever looks for why. */
    output: () => server.output(),
  };
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
