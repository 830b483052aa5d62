/**
 * How long a change takes to open pages, and what that costs the server.
 * `node --import tsx e2e/load/live.ts [HOSTS] [PAGES] [SECONDS]` prints JSON; Linux only. PostgreSQL, filled by SQL.
 *
 * Each page watches the same 200 hosts, the counts and the news. `changes`: 200 of a host's state a second, each dated
 * by itself. `decisions`: besides, 20 hosts a second are approved or rejected, each dated when its transaction decides.
 * `nobody`: the same changes without a page, and `bare` the least there is: `ws` writing them once a tick to as many
 * sockets. Times are by one clock, in milliseconds; `cores` is processor time of the server's process a second.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { sql } from 'drizzle-orm';
import { WebSocket } from 'ws';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { hostEnrolments, hosts } from '../../db/schema';
import { startTestPostgresql } from '../../db/testing-postgresql';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the same hosts that its tests have
import { seedManyHosts } from '../../server/hosts/testing';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import type { LiveOrder, LiveServer } from './servers/live-process';
import { percentiles } from './measure/measure';

const HOSTS = Number(process.argv[2] ?? 100_000);
const PAGES = Number(process.argv[3] ?? 50);
const SECONDS = Number(process.argv[4] ?? 15);
const CHANGES = 200;
const DECISIONS = 20;
/** For connections, for what is read first and for the machine code that V8 has yet to make. */
const WARM_UP_MS = 5000;
const WANTED = { changesP99: 100, cores: 0.1, withDecisionsP99: 150 };

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const postgresql = await startTestPostgresql();
  stops.push(() => postgresql.stop());
  await fill(postgresql.url);

  const [ours, server] = await start('ours', postgresql.url);
  const nobody = await run(ours, { changesPerSecond: CHANGES, decisionsPerSecond: 0 });
  const pages = await openPages(server);
  const changes = await run(ours, { changesPerSecond: CHANGES, decisionsPerSecond: 0 }, pages);
  const decisions = await run(ours, { changesPerSecond: CHANGES, decisionsPerSecond: DECISIONS }, pages);
  ours.disconnect();

  const [bareServer, bareTold] = await start('bare', postgresql.url);
  const barePages = await openPages(bareTold);
  const bare = await run(bareServer, { changesPerSecond: CHANGES, decisionsPerSecond: 0 }, barePages);
  bareServer.disconnect();

  const results = { nobody, changes, decisions, bare };
  const what = { hosts: HOSTS, pages: PAGES, seconds: SECONDS, changes: CHANGES, decisions: DECISIONS, wanted: WANTED };
  console.log(JSON.stringify({ benchmark: 'live', machine: describeMachine(), ...what, results }, null, 2));
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function fill(url: string) {
  const database = await openDatabase({ url, directory: folder });
  await migrateUp(database);
  await seedManyHosts(database.db, HOSTS);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const signing = { name: 'CN=a', keys, signingAlgorithm: algorithm };
  const request = await x509.Pkcs10CertificateRequestGenerator.create(signing);
  const csr = request.toString('pem');
  const waiting = Array.from({ length: DECISIONS * (SECONDS + WARM_UP_MS / 1000 + 5) }, (_, i) => ({
    ...({ platform: 'linux', approval: 'pending', registeredFrom: '192.0.2.7' } as const),
    ...{
      fqdn: `waiting-${i}.example.com`,
      keyFingerprint: `waiting ${i}`,
      fingerprintWords: 'six words',
      addresses: ['192.0.2.7'],
    },
    ...{ osName: 'of this benchmark', osVersion: '12', agentVersion: '1.0.0' },
  }));
  const made = await database.db.insert(hosts).values(waiting).returning({ id: hosts.id });
  await database.db.insert(hostEnrolments).values(made.map(({ id }) => ({ hostId: id, csr })));
  for (const table of ['host', 'host_presence']) await database.db.execute(sql.raw(`vacuum analyze ${table}`));
  await database.close();
}

async function start(kind: 'ours' | 'bare', url: string): Promise<[ChildProcess, LiveServer]> {
  const program = fileURLToPath(new URL('servers/live-process.ts', import.meta.url));
  const child = fork(program, [kind, folder, url], { execArgv: ['--import', 'tsx'] });
  stops.push(() => child.exitCode === null && child.kill());
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server ended')));
  ended.catch(() => undefined); // also when it is told to
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [LiveServer];
  return [child, told];
}

/** What pages hear; `times` while it is wanted. */
interface Pages {
  times: { change: number[]; decision: number[] } | null;
  bytes: number;
  messages: number;
}

interface Change {
  topic: string;
  patch?: { since?: string };
  value?: { since: string };
}

async function openPages({ port, cookie, feed, hostIds }: LiveServer): Promise<Pages> {
  const pages: Pages = { times: null, bytes: 0, messages: 0 };
  const interests = [
    { topic: 'hosts', keys: hostIds, news: true, since: feed },
    { topic: 'hostCounts', keys: [''], since: feed },
  ];
  for (let i = 0; i < PAGES; i++) {
    const headers = { cookie, origin: `http://127.0.0.1:${port}` };
    const page = new WebSocket(`ws://127.0.0.1:${port}/trpc`, { headers });
    stops.push(() => page.terminate());
    page.on('message', (data: Buffer) => {
      const now = Date.now();
      pages.messages++;
      pages.bytes += data.length;
      if (!pages.times) return;
      for (const change of (JSON.parse(data.toString()) as { result?: { data?: { changes?: Change[] } } }).result?.data
        ?.changes ?? []) {
        if (change.topic !== 'hosts') continue;
        if (change.patch?.since) pages.times.change.push(now - Date.parse(change.patch.since));
        if (change.value) pages.times.decision.push(now - Date.parse(change.value.since));
      }
    });
    await once(page, 'open');
    page.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'live.stream' } }));
    const input = { number: 1, interests };
    page.send(JSON.stringify({ id: 2, method: 'query', params: { path: 'live.watch', input } }));
  }
  return pages;
}

async function run(server: ChildProcess, order: LiveOrder, pages?: Pages) {
  server.send(order);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const times = { change: [], decision: [] };
  if (pages) Object.assign(pages, { times, bytes: 0, messages: 0 });
  const [cpu, clock] = [cpuSeconds(server.pid!), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const seconds = (performance.now() - clock) / 1000;
  const cores = Number(((cpuSeconds(server.pid!) - cpu) / seconds).toFixed(3));
  server.send({ changesPerSecond: 0, decisionsPerSecond: 0 } satisfies LiveOrder);
  if (!pages) return { cores };
  const { bytes, messages } = pages;
  pages.times = null;
  return {
    cores,
    messagesPerSecondAndPage: Math.round(messages / seconds / PAGES),
    kilobytesPerSecondAndPage: Math.round(bytes / seconds / PAGES / 1000),
    change: { ...percentiles(times.change), heard: times.change.length },
    ...(times.decision.length > 0 && { decision: { ...percentiles(times.decision), heard: times.decision.length } }),
  };
}
