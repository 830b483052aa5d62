/**
 * A command that does nothing, to N connected agents at once, until every result is stored; by turns with the ceiling,
 * the same agents calling twice what touches no database.
 * `npm run build && node --import tsx e2e/load/commands.ts [AGENTS] [postgresql|pglite]` prints JSON; Linux only.
 *
 * - `storedSeconds`: from the request until the last result is in the database. `cpuMs`: processor time of the server a
 *   host. `hostsMs`: the page of hosts as HTML, asked for again and again meanwhile.
 * - `ceiling`: two heartbeats of each agent, which is as many calls as a command takes; and the page meanwhile.
 * - `databasePerRun`: transactions and rows that were written, in each round; the pages' reads are transactions too.
 * - `memoryMiB`: of the server with all agents connected, before and after all of it, and the most that it was.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Server } from '../start-server';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { median, percentiles } from './measure/measure';
import { residentMiB } from './measure/memory';
import { signIn } from './servers/sign-in';
import { startFleet } from './agents/start-fleet';
import { startLoaded } from './servers/start-loaded';

const AGENTS = Number(process.argv[2] ?? 1000);
const DATABASE = process.argv[3] === 'pglite' ? 'pglite' : 'postgresql';
const ROUNDS = 3;
/** Agents begin to connect spread over so long: the door is not what is measured. */
const A_SECOND = 100;
/** Until all that connecting took is done. */
const REST_MS = 15_000;
/** What was taken for the work is given back when V8 next looks for it, which of a process that rests is after 90 s. */
const LONG_REST_MS = 120_000;
const WANTED = { storedSeconds: 10, hostsP95Ms: 300 };

const stops: (() => unknown)[] = [];
try {
  const { server, ca, agents, databaseUrl, agentsPort } = await startLoaded({
    ...{ agents: AGENTS, database: DATABASE, heartbeatSeconds: 600, stops },
  });
  const admin = await signIn(server.url);
  const withinMs = (AGENTS / A_SECOND) * 1000;
  const fleet = startFleet(agents, { isFromOwnAddress: false, withinMs, doing: 'obedient' });
  stops.push(() => fleet.end());
  fleet.connect({ ca, port: agentsPort, kind: 'ours' });
  while (fleet.news().connected < AGENTS) await pause(100);
  await pause(REST_MS);

  const memoryMiB = { before: Math.round(residentMiB(server.pid)), most: 0, after: 0 };
  const watching = setInterval(() => {
    memoryMiB.most = Math.max(memoryMiB.most, Math.round(residentMiB(server.pid)));
  }, 100);
  // Before the server ends, or what went wrong would not be heard.
  stops.push(() => clearInterval(watching));
  const rounds: Record<'command' | 'ceiling', Timed>[] = [];
  const work = databaseUrl === undefined ? null : await watchWork(databaseUrl);
  if (work) stops.push(() => work.end());
  const done: Done[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = await work?.read();
    const command = await timed(server, admin, () => noOp(admin));
    if (before && round > 0) done.push(perRun(before, await work!.read()));
    const ceiling = await timed(server, admin, () => fleet.beat(2));
    // The first is for the machine code that V8 has yet to make.
    if (round > 0) rounds.push({ command, ceiling });
  }
  await pause(LONG_REST_MS);
  clearInterval(watching);
  memoryMiB.after = Math.round(residentMiB(server.pid));
  const figures = (what: 'command' | 'ceiling') => ({
    storedSeconds: median(rounds.map((round) => round[what].seconds)),
    cpuMs: median(rounds.map((round) => round[what].cpuMs)),
    hostsMs: percentiles(rounds.flatMap((round) => round[what].pages)),
  });
  const results = { command: figures('command'), ceiling: figures('ceiling'), memoryMiB, databasePerRun: done };
  const what = { agents: AGENTS, database: DATABASE, wanted: WANTED };
  console.log(JSON.stringify({ benchmark: 'commands', machine: describeMachine(), ...what, ...results }, null, 2));
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** What the database has committed, by its own count. */
async function watchWork(connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return {
    end: () => client.end(),
    async read(): Promise<Done> {
      // A process of the database tells of its work a second after it at the latest.
      await pause(1500);
      const { rows } = await client.query<Done>(
        `select xact_commit::int as transactions, (tup_inserted + tup_updated + tup_deleted)::int as rows
         from pg_stat_database where datname = current_database()`,
      );
      return rows[0]!;
    },
  };
}

/** As many a run. */
function perRun(before: Done, after: Done): Done {
  const each = (what: keyof Done) => Number(((after[what] - before[what]) / AGENTS).toFixed(2));
  return { transactions: each('transactions'), rows: each('rows') };
}

type Admin = Awaited<ReturnType<typeof signIn>>;
type Timed = Awaited<ReturnType<typeof timed>>;
interface Done {
  transactions: number;
  rows: number;
}

/** Until all of it is in the database. */
async function noOp(admin: Admin): Promise<void> {
  const { id } = await admin.post<{ id: string }>('commands.send', {
    ...{ kind: 'get_system_info', parameters: {}, targets: { all: true } },
  });
  for (;;) {
    const { counts } = await admin.get<{ counts: { succeeded: number } }>('commands.byId', { commandId: id });
    if (counts.succeeded === AGENTS) return;
    await pause(50);
  }
}

async function timed({ pid, url }: Server, { cookie }: Admin, act: () => Promise<void>) {
  const [cpu, start] = [cpuSeconds(pid), performance.now()];
  const pages: number[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      const asked = performance.now();
      await fetch(`${url}/hosts`, { headers: { cookie } }).then((answer) => answer.text());
      pages.push(performance.now() - asked);
      await pause(100);
    }
  })();
  await act();
  const seconds = Number(((performance.now() - start) / 1000).toFixed(2));
  isOver = true;
  await looking;
  return { seconds, pages, cpuMs: Number((((cpuSeconds(pid) - cpu) / AGENTS) * 1000).toFixed(2)) };
}
