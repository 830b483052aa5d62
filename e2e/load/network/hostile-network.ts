/**
 * A network whose other machines are hostile, made of namespaces: what discovery costs there, and whom it meets.
 * `npm run build && node --import tsx e2e/load/network/hostile-network.ts [SECONDS] [AGENTS]` prints JSON; Linux and
 * root only.
 *
 * - `hostile`: 10,000 packets a second to where agents listen, and as many to where the server does: forged, replayed
 *   and cut ones, from 50 addresses. *Idle* is the same processes before that. `follower` has found its server and goes
 *   on hearing, `seeker` has the pin of a server that is not there; both are watched by a rogue that counts who calls.
 *   Memory is resident, the middle of samples; the API is asked 20 times a second. *Elsewhere* is the same flood to
 *   ports where nobody listens: what it costs the machine, which sends all of it, whatever discovery does.
 * - `found`: how long machines with a pin take from their first question until they have their server's answer, by IPv4
 *   broadcast alone and by IPv6 link-local multicast alone, with 20 % of all packets lost on the server's side and on
 *   each machine's. They are told to begin 20 a second, once all of them have started.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHash, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build, type BuildOptions } from 'esbuild';
import { lose, makeLan, whyNoLan, type Lan } from '../../lan';
import { startProgram, type Program } from '../../start-process';
import { ADMIN_ENVIRONMENT } from '../../start-server';
import { cpuSeconds } from '../measure/cpu-time';
import { describeMachine } from '../measure/describe-machine';
import { median, percentiles } from '../measure/measure';
import { residentMiB } from '../measure/memory';

const SECONDS = Number(process.argv[2] ?? 30);
const AGENTS = Number(process.argv[3] ?? 60);
const PACKETS_A_SECOND = 10_000;
const LOST_PERCENT = 20;
const SOURCES = 50;
/** Sixty of them start, so each is to start quickly. */
const BUNDLE: BuildOptions = { bundle: true, platform: 'node', format: 'esm', target: 'node20' };
const WANTED = {
  ...{ metRogue: 0, agentCorePercent: 2, agentMoreMiB: 1, serverCorePercent: 5 },
  ...{ apiP95Ratio: 2, bytesOutPerBytesIn: 1, foundP99Ms: 3000 },
};

const missing = whyNoLan();
if (missing) throw new Error(`this machine has no network of its own to be hostile in: ${missing}`);

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
const stopAll = async () => {
  for (const stop of stops.splice(1).reverse()) await stop();
};
try {
  const hostile = await meetHostility();
  await stopAll();
  const found = { IPv4: await findOver('IPv4'), IPv6: await findOver('IPv6') };
  const about = { seconds: SECONDS, packetsASecond: PACKETS_A_SECOND, agents: AGENTS };
  console.log(
    JSON.stringify(
      { benchmark: 'hostile-network', machine: describeMachine(), ...about, wanted: WANTED, hostile, found },
      null,
      2,
    ),
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}

function newLan(): Lan {
  const lan = makeLan();
  stops.push(() => lan.close());
  return lan;
}

async function startServer(namespace: string): Promise<{ server: Program; pin: string }> {
  const env = {
    ...ADMIN_ENVIRONMENT,
    SYSMANAGE_DATA_DIR: join(folder, namespace),
    SYSMANAGE_DISCOVERY_INTERFACES: 'all',
    SYSMANAGE_DISCOVERY_ANNOUNCE_SECONDS: '5',
    SYSMANAGE_LOG_FORMAT: 'json',
  };
  const server = startProgram('server/sysmanage.js', ['serve', '--no-local-agent'], env, namespace);
  stops.push(() => server.stop());
  await server.printed(/agents of these networks are told/);
  const authority = new X509Certificate(await readFile(join(folder, namespace, 'certs/ca.crt')));
  const key = authority.publicKey.export({ type: 'spki', format: 'der' });
  return { server, pin: createHash('sha256').update(key).digest('hex') };
}

function startAgent(namespace: string, pin: string): Program {
  const options = ['--state-dir', join(folder, namespace), '--service', '--ca-pin', pin];
  const agent = startProgram('agent/sysmanage-agent.cjs', options, {}, namespace);
  stops.push(() => agent.stop());
  return agent;
}

async function meetHostility() {
  const lan = newLan();
  const [serverSpace, rogueSpace] = [lan.join('10.99.0.1/16'), lan.join('10.99.0.2/16', ...sourcesOf(SOURCES))];
  const { server, pin } = await startServer(serverSpace);
  const follower = startAgent(lan.join('10.99.0.3/16'), pin);
  await follower.printed(/waiting for an administrator/);
  const seeker = startAgent(lan.join('10.99.0.4/16'), 'ab'.repeat(32));
  await seeker.printed(/no server has answered/);
  const prober = startFork('api-prober.ts', serverSpace, []);
  const rogue = startFork('hostile-neighbour.ts', rogueSpace, [
    ...[pin, String(PACKETS_A_SECOND), '10.99.0.1', '10.99.255.255'],
    ...sourcesOf(SOURCES),
  ]);
  await answerOf(rogue, 'ready');
  await answerOf(prober, 'ready');
  // Compilers and collectors have done what they do at the start.
  await pause(5_000);

  const watched = { server, follower, seeker };
  const idle = await watch(watched, prober, Math.max(5, SECONDS / 2));
  rogue.send('elsewhere');
  const elsewhere = await watch(watched, prober, Math.max(5, SECONDS / 2));
  rogue.send('flood');
  const flooded = await watch(watched, prober, SECONDS);
  const { sent: sentThen } = await answerOf<Account>(rogue, 'count');
  const newcomer = startAgent(lan.join('10.99.0.5/16'), pin);
  const newcomerMs = await timeToFind(newcomer);
  const { gotBytes, sentToServerBytes, callers } = await answerOf<Account>(rogue, 'stop');
  const more = Object.fromEntries(
    (Object.keys(watched) as (keyof typeof watched)[]).map((name) => [
      name,
      {
        corePercent: flooded[name].corePercent,
        idleCorePercent: idle[name].corePercent,
        elsewhereCorePercent: elsewhere[name].corePercent,
        moreMiB: Number((flooded[name].mib - idle[name].mib).toFixed(2)),
      },
    ]),
  );
  return {
    sentASecond: Math.round(sentThen / flooded.seconds),
    metRogue: callers,
    ...more,
    api: {
      ...{ idle: idle.api, elsewhere: elsewhere.api, flooded: flooded.api },
      p95RatioToIdle: Number((flooded.api.p95 / idle.api.p95).toFixed(2)),
      p95RatioToElsewhere: Number((flooded.api.p95 / elsewhere.api.p95).toFixed(2)),
    },
    bytesOutPerBytesIn: Number((gotBytes / sentToServerBytes).toFixed(4)),
    foundDuringTheFloodMs: newcomerMs,
  };
}

/** Processor time and memory of programs for so long, and how long the API takes meanwhile. */
async function watch<Name extends string>(programs: Record<Name, Program>, prober: ChildProcess, seconds: number) {
  const names = Object.keys(programs) as Name[];
  const cpu = Object.fromEntries(names.map((name) => [name, cpuSeconds(programs[name].pid)])) as Record<Name, number>;
  const memory = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const began = performance.now();
  await answerOf(prober, 'start');
  while (performance.now() - began < seconds * 1000) {
    for (const name of names) memory[name].push(residentMiB(programs[name].pid));
    await pause(250);
  }
  const took = (performance.now() - began) / 1000;
  const figures = names.map((name) => {
    const corePercent = Number((((cpuSeconds(programs[name].pid) - cpu[name]) / took) * 100).toFixed(2));
    return [name, { corePercent, mib: median(memory[name]) }];
  });
  const { times } = await answerOf<{ times: number[] }>(prober, 'stop');
  return { ...(Object.fromEntries(figures) as Record<Name, Figures>), api: percentiles(times), seconds: took };
}

/** What the rogue has counted. */
type Account = Record<'sent' | 'gotBytes' | 'sentToServerBytes' | 'callers', number>;

interface Figures {
  corePercent: number;
  mib: number;
}

async function findOver(family: 'IPv4' | 'IPv6') {
  const lan = newLan();
  const address = (host: number) => (family === 'IPv4' ? `10.99.1.${host}/24` : `fd99::${host}/64`);
  const space = lan.join(address(1));
  const { pin } = await startServer(space);
  const loss = { percent: LOST_PERCENT, delayMs: 0 };
  const lossBy = lose(space, loss);
  const spaces = Array.from({ length: AGENTS }, (_, index) => lan.join(address(index + 2)));
  for (const one of spaces) lose(one, loss);
  const program = join(folder, 'seeker.mjs');
  await build({ ...BUNDLE, entryPoints: [join(import.meta.dirname, 'seeker.ts')], outfile: program });
  const seekers = [];
  for (const one of spaces) {
    const seeker = startFork(program, one, [pin], []);
    await answerOf(seeker, 'ready');
    seekers.push(seeker);
  }
  const times = await Promise.all(
    seekers.map(async (seeker, index) => {
      await pause(index * 50);
      return (await answerOf<{ ms: number }>(seeker, 'go')).ms;
    }),
  );
  await stopAll();
  return { lostPercent: LOST_PERCENT, lossBy, ...percentiles(times) };
}

/** From its first question to the answer that it takes, by its own log, in milliseconds. */
async function timeToFind(agent: Program): Promise<number> {
  const [, asked = ''] = await agent.printed(/^(\S+) info +no server is named/m);
  const [, found = ''] = await agent.printed(/^(\S+) info +found 1 of/m);
  return Date.parse(found) - Date.parse(asked);
}

function startFork(file: string, namespace: string, args: string[], how = ['--import', 'tsx']): ChildProcess {
  const child = fork(resolve(import.meta.dirname, file), args, {
    execPath: 'ip',
    execArgv: ['netns', 'exec', namespace, process.execPath, ...how],
  });
  stops.push(() => child.connected && child.disconnect());
  return child;
}

/** What it says next, after an order or by itself. Rejects when it ends. */
async function answerOf<Answer = Record<string, never>>(child: ChildProcess, order: string): Promise<Answer> {
  if (order !== 'ready') child.send(order);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${child.spawnargs.join(' ')} ended`)));
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
  return answer;
}

function sourcesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `10.99.7.${index + 1}/16`);
}
