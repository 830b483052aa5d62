/**
 * How much processor time the built server takes from its start until it is ready, on data that is there.
 * `npm run build && node --import tsx e2e/load/start.ts [ROUNDS]` prints JSON; Linux only.
 *
 * The ceilings are in the same run, by turns: `node`, which does nothing, and `bundle`, which loads all of the server's
 * code and prints the help of `serve`. With PostgreSQL its own processes are not counted.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { ADMIN_ENVIRONMENT, startServer } from '../start-server';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { median } from './measure/measure';

const ROUNDS = Number(process.argv[2] ?? 9);
/** Seconds of processor time. */
const WANTED = { postgresql: 0.6, pglite: 1.5 };

const SYSMANAGE = join(dirname(dirname(import.meta.dirname)), 'build/server/sysmanage.js');

const postgres = await startTestPostgresql();
const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
try {
  const start = (name: 'postgresql' | 'pglite', env: Record<string, string> = {}) =>
    startServer({
      dataDir: join(folder, name),
      env: { ...env, ...(name === 'postgresql' && { DATABASE_URL: postgres.url }) },
    });
  const untilReady = async (name: 'postgresql' | 'pglite') => {
    const server = await start(name);
    const seconds = cpuSeconds(server.pid);
    if ((await server.stop()) !== 0) throw new Error(`the server did not stop well:\n${server.output()}`);
    return seconds;
  };
  for (const name of ['postgresql', 'pglite'] as const) await (await start(name, ADMIN_ENVIRONMENT)).stop();

  const rounds = { node: [] as number[], bundle: [] as number[], postgresql: [] as number[], pglite: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    rounds.node.push(await untilEnd('-e', '0'));
    rounds.bundle.push(await untilEnd(SYSMANAGE, 'serve', '--help'));
    rounds.postgresql.push(await untilReady('postgresql'));
    rounds.pglite.push(await untilReady('pglite'));
  }
  const results = Object.fromEntries(
    Object.entries(rounds).map(([name, seconds]) => [name, { least: Math.min(...seconds), median: median(seconds) }]),
  );
  console.log(
    JSON.stringify(
      { benchmark: 'start', machine: describeMachine(), rounds: ROUNDS, wanted: WANTED, results },
      null,
      2,
    ),
  );
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true });
}

/**
 * Seconds of processor time of `node` with these arguments, which ends by itself: as the shell counts it ("times" of
 * POSIX).
 */
async function untilEnd(...args: string[]): Promise<number> {
  const child = spawn('sh', ['-c', '"$@" >/dev/null && times', 'sh', process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [, children = ''] = (await text(child.stdout)).trim().split('\n');
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  if (times.length !== 2) throw new Error(`node ${args.join(' ')} did not end well`);
  return Number((times[0]! + times[1]!).toFixed(2));
}
