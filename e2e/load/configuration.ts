/**
 * A new configuration of all hosts, to N connected agents at once, until each has it in force and the server has stored
 * that; by turns with the ceiling, the same agents calling as often what touches no database.
 * `npm run build && node --import tsx e2e/load/configuration.ts [AGENTS] [postgresql|pglite] [handed|fetched]` prints
 * JSON; Linux only.
 *
 * - `handed`: a document that is short enough to be told with its hash; `fetched`: one that each has to ask for.
 * - `taken.seconds`: from the request that saves it until the last agent's word is in the database. `cpuMs`: processor
 *   time of the server an agent. `pageMs`: the longest that the server's pages did not answer meanwhile.
 * - `bytes`: both ways over an agent's TLS connection, heartbeats left out because there are none. `unchanged`: the
 *   same when a push tells each what it has already.
 * - `ceiling`: as many heartbeats of each agent as a configuration takes exchanges: told, fetched if it is, and
 *   reported.
 * - `connectedSeconds`: until all were connected, at most 100 a second. `lost`: what ended a connection or stood in the
 *   way of one, and which calls failed, and how often; an agent that was lost takes the configuration when it is back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describeMachine } from './measure/describe-machine';
import { median } from './measure/measure';
import { residentMiB } from './measure/memory';
import { signIn } from './servers/sign-in';
import { startFleet } from './agents/start-fleet';
import { startLoaded } from './servers/start-loaded';
import { type Timed, timed } from './measure/timed';

const AGENTS = Number(process.argv[2] ?? 1000);
const DATABASE = process.argv[3] === 'pglite' ? 'pglite' : 'postgresql';
const DOCUMENT = process.argv[4] === 'fetched' ? 'fetched' : 'handed';
/** More than 2 KiB, of what changes nothing about connecting. */
const LONG = { discovery: { interfaces: Array.from({ length: 60 }, (_, n) => `${'interface-'.repeat(4)}${n}`) } };
const EXCHANGES = { handed: 2, fetched: 3 }[DOCUMENT];
const ROUNDS = 3;
/** Agents begin to connect spread over so long: the door is not what is measured. */
const A_SECOND = 100;
/** What connecting left to do is done by then. */
const REST_MS = 5000;
const WANTED = { seconds: 30 };

const stops: (() => unknown)[] = [];
try {
  const { server, ca, agents, agentsPort } = await startLoaded({
    ...{ agents: AGENTS, database: DATABASE, heartbeatSeconds: 3600, stops },
  });
  const admin = await signIn(server.url);
  const withinMs = (AGENTS / A_SECOND) * 1000;
  const fleet = startFleet(agents, { isFromOwnAddress: false, withinMs, doing: 'configured' });
  stops.push(() => fleet.end());
  const start = performance.now();
  fleet.connect({ ca, port: agentsPort, kind: 'ours' });
  while (fleet.news().connected < AGENTS) await pause(100);
  const connectedSeconds = Number(((performance.now() - start) / 1000).toFixed(1));
  await pause(REST_MS);

  const rounds: { taken: Timed & { bytes: number }; ceiling: Timed }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = await fleet.weigh();
    const one = await timed(server, AGENTS, async () => {
      const short = { log: { level: 'info' }, heartbeat: { interval_seconds: 3600 - round } };
      const document = { ...short, ...(DOCUMENT === 'fetched' && LONG) };
      await admin.post('configuration.saveGlobal', { document, etag: '*' });
      while (fleet.news().taken < (round + 1) * AGENTS) await pause(20);
    });
    const bytes = Math.round(((await fleet.weigh()) - before) / AGENTS);
    const ceiling = await timed(server, AGENTS, () => fleet.beat(EXCHANGES));
    // The first is for the machine code that V8 has yet to make.
    if (round > 0) rounds.push({ taken: { ...one, bytes }, ceiling });
  }
  const before = await fleet.weigh();
  await admin.post('configuration.push', { targets: { all: true } });
  await pause(REST_MS);
  const unchanged = Math.round(((await fleet.weigh()) - before) / AGENTS);
  const figures = (what: 'taken' | 'ceiling') => ({
    seconds: median(rounds.map((round) => round[what].seconds)),
    cpuMs: median(rounds.map((round) => round[what].cpuMs)),
    pageMs: median(rounds.map((round) => round[what].pageMs)),
  });
  const bytes = { taken: median(rounds.map((round) => round.taken.bytes)), unchanged };
  const results = { taken: figures('taken'), ceiling: figures('ceiling'), bytes, lost: fleet.news().why };
  const what = { agents: AGENTS, database: DATABASE, document: DOCUMENT, wanted: WANTED, connectedSeconds };
  const memoryMiB = Math.round(residentMiB(server.pid));
  console.log(
    JSON.stringify({ benchmark: 'configuration', machine: describeMachine(), ...what, ...results, memoryMiB }, null, 2),
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}
