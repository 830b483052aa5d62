/**
 * What runs write, from the agent to an open page, while all of N hosts write at once; by turns with only those that
 * are watched, which is what the way itself takes.
 * `npm run build && node --import tsx e2e/load/output.ts [AGENTS] [SECONDS]` prints JSON; Linux only. PostgreSQL.
 *
 * - `firstMs`: from the agent's call with the first piece of its run to the message on the socket of the page that
 *   watches the run. `pieceMs`: the same of all pieces. Agent and page are one process: one clock.
 * - `cancelMs`: from the call that cancels all of it, while they write, to the agent's being told; `cancelledMs`: to
 *   the answer to its word that the run is over, which is in the database then.
 * - `heartbeatMs`: the ceiling, a call of the same agents that touches no database, to its answer, at the same time.
 * - `cores`: processor time of the server a second.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { DueRun } from '../../agent/commands/protocol';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { percentiles } from './measure/measure';
import { OBEDIENT } from './agents/obedient-agent';
import type { Identity } from './agents/seed-agents';
import { signIn } from './servers/sign-in';
import { type Channel, simulateAgent } from './agents/simulated-agent';
import { startLoaded } from './servers/start-loaded';

const AGENTS = Number(process.argv[2] ?? 1000);
const SECONDS = Number(process.argv[3] ?? 10);
const PAGES = Math.min(50, AGENTS);
const ROUNDS = 3;
/** A run writes a piece of so many bytes a second. */
const PIECE_BYTES = 200;
const EVERY_MS = 1000;
/** How soon a run that is to end does: a process ends at once. */
const LOOK_MS = 10;
/** Agents begin to connect spread over so long: the door is not what is measured. */
const A_SECOND = 100;
const WANTED = { firstP95Ms: 250, cancelledMaxMs: 1000 };

interface Machine {
  identity: Identity;
  channel: Channel;
  told?: (run: DueRun) => void;
  /** Called with the runs that it is to end. */
  cancelled?: (runIds: readonly string[]) => void;
}

const stops: (() => unknown)[] = [];
try {
  const { server, ca, agents, agentsPort } = await startLoaded({
    ...{ agents: AGENTS, database: 'postgresql', heartbeatSeconds: 600, stops },
  });
  const machines = await connectAll(ca, agentsPort, agents);

  const rounds: { alone: Round; all: Round }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const alone = await stream(machines.slice(0, PAGES));
    rounds.push({ alone, all: await stream(machines) });
  }
  const what = { agents: AGENTS, pages: PAGES, seconds: SECONDS, pieceBytes: PIECE_BYTES, wanted: WANTED };
  console.log(JSON.stringify({ benchmark: 'output', machine: describeMachine(), ...what, rounds }, null, 2));

  type Round = Awaited<ReturnType<typeof stream>>;

  /** A run on each of these machines, all of which write from one moment on; the first of them are watched. */
  async function stream(some: Machine[]) {
    // A session opens so many sockets a minute.
    const admin = await signIn(server.url);
    const begin = new Map<string, () => Promise<Written>>();
    const sentAt = new Map<string, number>();
    const toldToEnd = new Map<Machine, number>();
    const allTold = some.map(
      (machine) =>
        new Promise<void>((resolve) => {
          machine.told = ({ runId }) => {
            begin.set(machine.identity.hostId, () => write(machine, runId, sentAt, () => toldToEnd.has(machine)));
            machine.cancelled = (runIds) => {
              if (runIds.includes(runId) && !toldToEnd.has(machine)) toldToEnd.set(machine, performance.now());
            };
            resolve();
          };
        }),
    );
    const { id } = await admin.post<{ id: string }>('commands.send', {
      ...{ kind: 'get_system_info', parameters: {} },
      targets: some === machines ? { all: true } : { hostIds: some.map(({ identity }) => identity.hostId) },
    });
    await Promise.all(allTold);
    const times = { first: [] as number[], piece: [] as number[] };
    const watched = some.slice(0, PAGES).map(({ identity }) => identity.hostId);
    const pages = await Promise.all(watched.map((hostId) => watch(admin, { commandId: id, hostId }, sentAt, times)));
    const [cpu, clock] = [cpuSeconds(server.pid), performance.now()];
    const writing = [...begin.values()].map((write) => write());
    await pause(SECONDS * 1000);
    const cores = (cpuSeconds(server.pid) - cpu) / ((performance.now() - clock) / 1000);
    const cancelledAt = performance.now();
    await admin.post('commands.cancel', { commandId: id });
    const written = await Promise.all(writing);
    for (const page of pages) page.terminate();
    return {
      firstMs: percentiles(times.first),
      pieceMs: percentiles(times.piece),
      cancelMs: percentiles([...toldToEnd.values()].map((at) => at - cancelledAt)),
      cancelledMs: percentiles(written.map(({ endedAt }) => endedAt - cancelledAt)),
      heartbeatMs: percentiles(written.flatMap(({ heartbeats }) => heartbeats)),
      cores: Number(cores.toFixed(2)),
    };
  }

  async function watch(
    admin: Admin,
    run: { commandId: string; hostId: string },
    sentAt: Map<string, number>,
    times: Times,
  ) {
    const { commandId, hostId } = run;
    const { feed } = await admin.get<{ feed: string }>('commands.run', run);
    const address = server.url.replace('http', 'ws');
    const page = new WebSocket(`${address}/trpc`, { headers: { cookie: admin.cookie, origin: server.url } });
    let known = -1;
    let onWatched = () => {};
    const watched = new Promise<void>((resolve) => (onWatched = resolve));
    page.on('message', (data: Buffer) => {
      const at = performance.now();
      const told = JSON.parse(data.toString()) as { id?: number; result?: { data?: { changes?: Change[] } } };
      if (told.id === 2) onWatched();
      for (const { offset } of (told.result?.data?.changes ?? []).flatMap(({ patch }) => patch?.recent ?? [])) {
        if (offset <= known) continue;
        known = offset;
        const took = at - sentAt.get(`${hostId} ${offset}`)!;
        times.piece.push(took);
        if (offset === 0) times.first.push(took);
      }
    });
    await once(page, 'open');
    page.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'live.stream' } }));
    const interests = [{ topic: 'commandRuns', keys: [`${commandId}.${hostId}`], since: feed }];
    page.send(
      JSON.stringify({ id: 2, method: 'query', params: { path: 'live.watch', input: { number: 1, interests } } }),
    );
    await watched;
    return page;
  }
} finally {
  for (const stop of stops.reverse()) await stop();
}

type Admin = Awaited<ReturnType<typeof signIn>>;

interface Times {
  first: number[];
  piece: number[];
}

interface Change {
  patch?: { recent?: { offset: number }[] };
}

async function connectAll(ca: string, port: number, agents: Identity[]): Promise<Machine[]> {
  const machines: Machine[] = [];
  for (const identity of agents) {
    const made = simulateAgent(
      { identity, target: { ca, port, kind: 'ours' }, withinMs: (AGENTS / A_SECOND) * 1000 },
      {
        ...OBEDIENT,
        onConnected: (channel) => void machines.push({ identity, channel }),
        onInbox(item) {
          const machine = machines.find((one) => one.identity === identity)!;
          if (item.kind === 'commands') for (const run of item.runs) machine.told?.(run);
          if (item.kind === 'cancel') machine.cancelled?.(item.runIds);
        },
      },
    );
    stops.push(() => made.stop());
  }
  while (machines.length < AGENTS) await pause(100);
  await pause(2000);
  return machines;
}

interface Written {
  /** How long they took in between, ms. */
  heartbeats: number[];
  /** When the server had taken its last word. */
  endedAt: number;
}

/** Writes until it is to end, and says then that it has ended. */
async function write(
  { channel, identity }: Machine,
  runId: string,
  sentAt: Map<string, number>,
  isOver: () => boolean,
): Promise<Written> {
  const heartbeats: number[] = [];
  const until = async (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end && !isOver();) await pause(LOOK_MS);
  };
  const say = (state: 'running' | 'cancelled', more: object = {}) =>
    channel.call('agents.commandUpdate', { updates: [{ runId, state, agoMs: 0, ...more }], output: [] });
  await say('running');
  // Not all in one moment, which no fleet does.
  await pause(Math.random() * EVERY_MS);
  const data = Buffer.alloc(PIECE_BYTES, 'x').toString('base64');
  let offset = 0;
  for (; !isOver(); offset += PIECE_BYTES) {
    sentAt.set(`${identity.hostId} ${offset}`, performance.now());
    const output = [{ runId, stream: 'stdout', offset, data }];
    await channel.call('agents.commandUpdate', { updates: [], output });
    await until(EVERY_MS / 2);
    const asked = performance.now();
    await channel.call('agents.heartbeat', OBEDIENT.sample());
    heartbeats.push(performance.now() - asked);
    await until(EVERY_MS / 2);
  }
  await say('cancelled', { outputBytes: offset });
  return { heartbeats, endedAt: performance.now() };
}
