/** The real agent and the real server, and between them somebody who has the TLS keys of both and meddles. */
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Retry } from '../../agent/connection/backoff';
import { openCommands } from '../../agent/commands/commands';
import { createInboxMemory, type InboxMemory } from '../../agent/connection/inbox';
import { CLOSE, type Sample } from '../../agent/protocol';
import { stayConnected } from '../../agent/connection/stay-connected';
import { openIdentity } from '../../agent/identity';
import { openPairs } from '../../agent/pairs';
import { createRenewal } from '../../agent/renewal';
import { Servers } from '../../agent/servers';
import { openStateFolder } from '../../agent/state/open-folder';
import { keepingIn, makeStateFolder, recordLog } from '../../agent/testing';
import { hostEvents } from '../../db/schema';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';
import { enrolledHost, HELLO, serveApi } from './testing';
import { type Direction, type Frame, type Meddling, type Proxy, startProxy } from './testing-proxy';

const { protocol: _protocol, ...facts } = HELLO;

/** The `number`th measurement. */
const sample = (number: number): Sample => ({
  at: '2026-01-01T00:00:00.000Z',
  cpuPercent: number,
  load1: null,
  load5: null,
  load15: null,
  memoryTotalBytes: 1000,
  memoryUsedBytes: 500,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
  disks: [],
  networkReceivedBytesPerSecond: 0,
  networkSentBytesPerSecond: 0,
  uptimeSeconds: 60,
});

let services: Awaited<ReturnType<typeof testServices>>;
let host: Awaited<ReturnType<typeof enrolledHost>>;
let proxy: Proxy;
let memory: InboxMemory;
let samples: number;
/** Why the host was down, each time. */
let downReasons: (string | null)[];

beforeEach(async () => {
  services = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600' });
  host = await enrolledHost(services, await administratorOf(services));
  proxy = await startProxy(services, await serveApi(services), () => host.shown);
  memory = createInboxMemory();
  samples = 0;
  downReasons = [];
  services.events.listen('host.sampled', EVERY, () => samples++);
  services.events.listen('host.presence', EVERY, ({ hostId }) => {
    const presence = services.presence.get(hostId);
    if (presence?.state === 'down') downReasons.push(presence.reason);
  });
});

/**
 * Keeps the agent connected until the test ends. It says hello, asks for its inbox and sends a heartbeat, each a frame.
 */
function startAgent(options: { patienceMs?: number } = {}) {
  const { log, until } = recordLog();
  const stop = new AbortController();
  let taken = 0;
  const machine = {
    readFacts: async () => facts,
    async takeSample() {
      await proxy.untilSeen('toServer', 2);
      return sample(++taken);
    },
    look: async () => ({ identity: '', disks: '' }),
  };
  const folder = makeStateFolder();
  openStateFolder(folder);
  const keeping = keepingIn(folder, log);
  const pairs = openPairs(folder, openIdentity(folder), [], keeping.keeper);
  const { readFacts } = machine;
  const commands = openCommands({ ...keeping, folder, log, readFacts, lock: () => undefined });
  const ended = stayConnected({
    renewal: createRenewal({ pairs, fqdn: async () => facts.fqdn, log }), // not due for weeks
    servers: new Servers([proxy.url]),
    credentials: {
      authorities: [services.authority.signing.pem],
      certificate: host.shown.cert,
      privateKeyPem: host.shown.key,
    },
    machine,
    commands,
    memory,
    log,
    retry: new Retry({ log, signal: stop.signal, random: () => 0 }),
    signal: stop.signal,
    ...options,
  }).catch(() => {}); // it rejects with the signal's reason, which is ours
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  return { until };
}

/** Frames 1 and 2 of either direction follow one another without waiting for an answer. */
const at =
  (wanted: number, meddle: (frame: Frame) => Frame[]): Meddling =>
  (frame, index) =>
    index === wanted ? meddle(frame) : [frame];

const flip = (bit: (frame: Buffer) => number) =>
  at(1, ({ data }) => {
    data[bit(data) >> 3]! ^= 1 << (bit(data) & 7);
    return [{ data, isBinary: true }];
  });

function swapNeighbours(): Meddling {
  let held: Frame[] = [];
  return (frame, index) => {
    if (index === 1) held = [frame];
    return index === 1 ? [] : [frame, ...held.splice(0)];
  };
}

const injected = {
  id: 1,
  method: 'mutation',
  params: { path: 'agents.reportError', input: { kind: 'failed', message: 'injected' } },
};
const injectedItem = { id: 2, result: { type: 'data', id: 'x', data: { id: 'x', data: { kind: 'injected' } } } };
const injection = (text: string, isBinary: boolean) => () =>
  at(1, (frame) => [{ data: Buffer.from(text), isBinary }, frame]);
const sealedByNobody = (text: string) =>
  Buffer.concat([Buffer.alloc(7), Buffer.from([1]), Buffer.alloc(32), Buffer.from(text)]).toString('latin1');

const MEDDLINGS: [what: string, meddling: () => Meddling, fault: string][] = [
  ['a bit of the sequence number flipped', () => flip(() => 3), 'forged'],
  ['a bit of the seal flipped', () => flip(() => 8 * 20 + 5), 'forged'],
  ['the last bit flipped', () => flip((data) => data.length * 8 - 1), 'forged'],
  ['a frame dropped', () => at(1, () => []), 'out_of_order'],
  ['a frame repeated', () => at(1, (frame) => [frame, frame]), 'out_of_order'],
  ['two frames in the wrong order', swapNeighbours, 'out_of_order'],
  ['a frame injected', injection(sealedByNobody(JSON.stringify([injected, injectedItem])), true), 'forged'],
  [
    'a frame cut within its seal',
    () => at(1, ({ data }) => [{ data: data.subarray(0, 39), isBinary: true }]),
    'truncated',
  ],
  ['a frame cut after its seal', () => at(1, ({ data }) => [{ data: data.subarray(0, -1), isBinary: true }]), 'forged'],
  ['an empty frame', () => at(1, () => [{ data: Buffer.alloc(0), isBinary: true }]), 'truncated'],
  ['a call in a text frame', injection(JSON.stringify(injected), false), 'text'],
  ['an answer in a text frame', injection(JSON.stringify(injectedItem), false), 'text'],
  ['the text PING, which tRPC would answer', injection('PING', false), 'text'],
  ['the text PONG', injection('PONG', false), 'text'],
  [
    'a sealed frame turned into text',
    () => at(1, ({ data }) => [{ data: Buffer.from(data.toString('latin1')), isBinary: false }]),
    'text',
  ],
];

describe.each(['toServer', 'toAgent'] as Direction[])('%s', (direction) => {
  test.each(MEDDLINGS)('%s', async (_what, meddling, fault) => {
    proxy.meddle(direction, meddling());
    const { until } = startAgent();

    // Whoever got it closes, says why, and does nothing of what it or anything after it asked for.
    await expect
      .poll(() => proxy.closings)
      .toEqual([{ by: direction === 'toServer' ? 'server' : 'agent', code: CLOSE.FRAME_REFUSED, reason: fault }]);
    if (direction === 'toServer') {
      expect(services.logged).toContainEqual(
        expect.objectContaining({ msg: 'agent frame refused', hostId: host.hostId, fault }),
      );
    }
    // The connection after it: hello, the inbox and a measurement are all there.
    await proxy.untilSeen('toServer', 3);
    await expect.poll(() => services.samples.latest(host.hostId)?.cpuPercent).toBe(2);
    await until('told by the server: settings');
    expect(services.presence.get(host.hostId)).toMatchObject({ state: 'up' });
    expect(downReasons).toEqual(['protocol']);
    if (direction === 'toServer') expect(samples).toBe(1);
    expect(await reportedErrors()).toEqual([]);
    expect(services.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
  });
});

test('what passes untouched stays connected', async () => {
  startAgent();
  await expect.poll(() => samples).toBe(1);
  expect(proxy.closings).toEqual([]);
});

test.each(['toServer', 'toAgent'] as Direction[])(
  '%s: everything from one frame on swallowed, while pings are answered',
  async (direction) => {
    proxy.meddle(direction, (frame, index) => (index < 1 ? [frame] : []));
    const { until } = startAgent({ patienceMs: 200 });
    await until('the heartbeat failed: the server did not answer');
    await expect.poll(() => services.samples.latest(host.hostId)?.cpuPercent).toBe(2);
    await until('told by the server: settings');
  },
);

test('an error whose report was lost is reported on the next connection', async () => {
  memory.unreported.push({ kind: 'failed', message: 'remembered' });
  // After its hello it asks for the inbox and reports, which go as one.
  proxy.meddle(
    'toServer',
    flip((data) => data.length * 8 - 1),
  );
  startAgent();
  await expect.poll(() => memory.unreported).toEqual([]);
  expect(await reportedErrors()).toMatchObject([{ detail: 'remembered' }]);
});

const reportedErrors = () => services.db.select().from(hostEvents).where(eq(hostEvents.kind, 'agent_error'));
