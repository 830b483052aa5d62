/** Two real agents with one state directory, as a machine that was copied with it, and the real server. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openIdentity } from '../../agent/identity';
import { run } from '../../agent/run';
import { openStateFolder } from '../../agent/state/open-folder';
import { keepingIn, makeStateFolder, recordLog } from '../../agent/testing';
import { hosts } from '../../db/schema';
import { administratorOf, testServices } from '../testing';
import { serveApi } from './testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let server: URL;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  server = new URL(`https://127.0.0.1:${await serveApi(services)}`);
});

/** An agent as its program runs it; it stops when the test ends, or when it is told. */
function startAgent(folder: string) {
  const { log, lines, until } = recordLog();
  const stopping = new AbortController();
  openStateFolder(folder);
  const trust = { servers: [server], token: null, expectedPins: undefined };
  const agent = { ...trust, folder, identity: openIdentity(folder), once: false, log, ...keepingIn(folder, log) };
  const ended = run({ ...agent, signal: stopping.signal, random: () => 0 }).catch(() => {}); // rejects with our own signal's reason
  const stop = async () => {
    stopping.abort();
    await ended;
  };
  onTestFinished(stop);
  return { folder, lines, until, stop };
}

/** How often the server has said so. */
const times = (message: string) => services.logged.filter(({ msg }) => msg === message).length;

const theOnlyHost = async () => {
  const rows = await services.db.select().from(hosts);
  expect(rows).toHaveLength(1);
  return rows[0]!.id;
};

/** An approved machine that is up, and its copy, which is held. */
async function startBoth() {
  const first = startAgent(makeStateFolder());
  await first.until('waiting for an administrator');
  const hostId = await theOnlyHost();
  await admin.hosts.approve({ hostId });
  await first.until('connected to');
  const folder = makeStateFolder();
  cpSync(first.folder, folder, { recursive: true });
  const second = startAgent(folder);
  await second.until('this one is held back');
  return { first, second, hostId };
}

test('a copy is held, split, approved under a name of its own, and both are up', async () => {
  const { first, second, hostId } = await startBoth();
  expect(services.presence.get(hostId)).toMatchObject({ state: 'up' });
  const { clone } = await admin.hosts.byId({ hostId });
  expect(clone).toMatchObject({ first: { isConnected: true }, second: { isConnected: true } });

  const sharedKey = readFileSync(join(first.folder, 'client.key'), 'utf8');
  await admin.hosts.split({ hostId, keep: clone!.first.id });
  await second.until('another machine is registered as');

  // The old key is set aside, the new one is its own, and the first has got another as well.
  const setAside = readdirSync(second.folder).filter((name) => name.includes('.split-'));
  expect(setAside.map((name) => name.replace(/\d{8}T\d{6}Z$/, 'TIME')).sort()).toEqual([
    'client.crt.split-TIME',
    'client.key.split-TIME',
  ]);
  expect(
    readFileSync(
      join(
        second.folder,
        setAside.find((name) => name.startsWith('client.key'))!,
      ),
      'utf8',
    ),
  ).toBe(sharedKey);
  expect(readFileSync(join(second.folder, 'client.key'), 'utf8')).not.toBe(sharedKey);
  await first.until('the certificate is renewed');
  await expect.poll(() => readFileSync(join(first.folder, 'client.key'), 'utf8')).not.toBe(sharedKey);

  const { hosts: waiting } = await admin.hosts.waiting();
  expect(waiting.map(({ state }) => state)).toEqual(['conflict']);
  await admin.hosts.approve({ hostId: waiting[0]!.id, fqdn: 'copy.example.com' });
  await second.until('connected to');
  await expect.poll(() => services.presence.counts()).toEqual({ up: 2, down: 0 });

  // No loop: two machines registered, four times somebody was let in, once as a copy and once with a new key.
  expect(times('host registered')).toBe(2);
  expect(times('agent connected')).toBe(3);
  expect(times('agent held: another machine is connected with its certificate')).toBe(1);
  expect(times('agent disconnected')).toBe(2);
  expect(first.lines.filter((line) => line.includes('connected to'))).toHaveLength(2);
  expect((await admin.hosts.byId({ hostId })).clone).toBeNull();
});

test('the copy is the one that stays: it takes the place, and the first becomes a new machine', async () => {
  const { first, second, hostId } = await startBoth();
  const { clone } = await admin.hosts.byId({ hostId });
  await admin.hosts.split({ hostId, keep: clone!.second.id });

  await second.until('connected to');
  await first.until('another machine is registered as');
  expect(services.presence.get(hostId)).toMatchObject({ state: 'up' });
  expect((await admin.hosts.waiting()).hosts).toHaveLength(1);
  expect(times('host registered')).toBe(2);
  expect(times('agent connected')).toBe(2);
});

test('a machine that is split before its copy is started again keeps its new key', async () => {
  const { second, hostId } = await startBoth();
  const { clone } = await admin.hosts.byId({ hostId });
  await admin.hosts.split({ hostId, keep: clone!.first.id });
  await second.until('another machine is registered as');
  await second.stop();

  const again = startAgent(second.folder);
  await again.until('another machine is registered as');
  expect(times('host registered')).toBe(2);
  expect(times('agent held: another machine is connected with its certificate')).toBe(1);
});

test('an agent that is stopped and started again raises no alarm', async () => {
  const first = startAgent(makeStateFolder());
  await first.until('waiting for an administrator');
  const hostId = await theOnlyHost();
  await admin.hosts.approve({ hostId });
  await first.until('connected to');
  for (let i = 0; i < 3; i++) {
    await first.stop();
    const next = startAgent(first.folder);
    await next.until('connected to');
    await next.stop();
  }
  expect(times('agent held: another machine is connected with its certificate')).toBe(0);
  expect((await admin.hosts.byId({ hostId })).clone).toBeNull();
});

test('a conflict is resolved for the newcomer: it is up as the known host, which becomes a newcomer itself and stays one', async () => {
  const first = startAgent(makeStateFolder());
  await first.until('waiting for an administrator');
  const hostId = await theOnlyHost();
  await admin.hosts.approve({ hostId });
  await first.until('connected to');
  const newcomer = startAgent(makeStateFolder());
  await newcomer.until('another machine is registered as');
  expect(services.presence.get(hostId)).toMatchObject({ state: 'up' });

  const [waiting] = (await admin.hosts.waiting()).hosts;
  await admin.hosts.replace({ hostId: waiting!.id });
  await newcomer.until('connected to');
  await first.until('another machine is registered as');

  expect(services.presence.get(hostId)).toMatchObject({ state: 'up' });
  expect((await admin.hosts.waiting()).hosts.map(({ state }) => state)).toEqual(['conflict']);
  // Nobody asked twice: the newcomer went on with the proof it had.
  expect(newcomer.lines.filter((line) => line.includes('another machine is registered as'))).toHaveLength(1);
  expect(times('host registered')).toBe(3);
  expect(times('agent connected')).toBe(2);
});
