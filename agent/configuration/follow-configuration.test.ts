import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { listen, listenSilently, makeAuthority, makeServerIdentity, startTestServer } from '../testing';
import { startProxy } from '../testing-proxy';
import { connected, hashOf } from './testing-configured';

it('says at its start how it is configured', async () => {
  const { state } = await connected({ lock: ['server.addresses'] });
  expect(state.reports).toEqual([
    { inForce: null, values: {}, locked: ['server.addresses'], local: {}, status: 'waiting', of: null, message: '' },
  ]);
});

it('says other tags again when the server refused them', async () => {
  const { state, decide } = await connected();
  state.refuseHellos = 1;
  decide({ values: {}, lock: [], tags: ['env:prod'] });
  await state.until(() => state.hellos.length === 3);
  expect(state.hellos.map(({ tags }) => tags)).toEqual([[], ['env:prod'], ['env:prod']]);
});

it('says what the file says since, after a hello that was under way, and never two at once', async () => {
  const { state, decide, server, until } = await connected();
  let answer = () => {};
  state.holdHellos = new Promise((resolve) => (answer = resolve));
  for (const socket of server.sockets) socket.terminate();
  await state.until(() => state.hellos.length === 2);
  decide({ values: { heartbeat: { interval_seconds: 77 } }, lock: [], tags: ['env:prod'] });
  await until('agent.yaml says something else');
  expect(state.hellos).toHaveLength(2);
  answer();
  await state.until(() => state.hellos.length === 3);
  expect(state.hellos.at(-1)!.tags).toEqual(['env:prod']);
});

/** What servers of before read, which knew no report without what goes without saying: copied from them. */
const reportOfBefore = z.object({
  inForce: z.string().nullable(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  locked: z.array(z.string()),
  local: z.record(z.string(), z.unknown()).optional(),
  status: z.enum(['waiting', 'applying', 'applied', 'failed', 'rolled_back']),
  of: z.string().nullable(),
  message: z.string(),
});

it('says all of it to a server of before, and only what does not go without saying to one of now', async () => {
  const before = await connected({ readsReports: reportOfBefore });
  before.state.want(1, { log: { level: 'debug' } });
  await before.says('applied', 1);
  const { state, says } = await connected();
  state.want(1, { log: { level: 'debug' } });
  await says('applied', 1);
  state.want(2, { log: { level: 'warn' } }, { isHanded: true });
  await says('applied', 2);
  state.want(3, { log: { level: 'loud' } });
  await says('failed', 3);
  expect(state.saidReports).toEqual([
    { inForce: null, values: {}, status: 'waiting' },
    { inForce: hashOf(1) },
    { inForce: hashOf(2) },
    {
      inForce: hashOf(2),
      values: { 'log.level': 'warn' },
      status: 'failed',
      of: hashOf(3),
      message: expect.any(String),
      said: expect.objectContaining({ key: 'agent.configuration.wrong' }),
    },
  ]);
});

it('says what it has in force where that is not what it was handed on this connection', async () => {
  const { state, says, decide, server } = await connected();
  state.want(1, { log: { level: 'debug' } });
  await says('applied', 1);
  const [socket] = server.sockets;
  const hellos = state.hellos.length;
  socket!.terminate();
  await state.until(() => state.hellos.length > hellos);
  decide({ values: {}, lock: ['server.addresses'] });
  const last = () => state.saidReports.at(-1) as { values?: object };
  await expect.poll(last).toMatchObject({ locked: ['server.addresses'] });
  expect(last().values).toEqual({ 'log.level': 'debug' });
});

it('applies without a new connection what is not about connecting', async () => {
  const { state, values, server, says } = await connected();
  // The second measurement is sooner than its turn anyway; from then on the pace is an hour.
  await state.until(() => state.samples.length === 2);
  state.want(1, { log: { level: 'debug' }, heartbeat: { interval_seconds: 7 } });
  expect(await says('applied', 1)).toEqual({
    inForce: hashOf(1),
    values: { 'log.level': 'debug', 'heartbeat.interval_seconds': 7 },
    locked: [],
    local: {},
    status: 'applied',
    of: hashOf(1),
    message: '',
  });
  expect(values.at(-1)).toEqual({ log: { level: 'debug' }, heartbeat: { interval_seconds: 7 } });
  await state.until(() => state.samples.length > 2);
  expect(server.resumed).toHaveLength(1);
});

it('fetches only what it has not, and confirms it once', async () => {
  const { state, says } = await connected();
  state.want(1, { log: { level: 'debug' } });
  await says('applied', 1);
  state.want(1, { log: { level: 'debug' } });
  state.want(2, {});
  await says('applied', 2);
  expect(state.fetched).toBe(2);
});

it('fetches again what the server failed to give it, over the same connection', async () => {
  const { state, says, server } = await connected();
  state.failFetches = 3;
  state.want(1, { log: { level: 'debug' } });
  await says('applied', 1);
  expect(state.fetched).toBe(4);
  expect(server.resumed).toHaveLength(1);
});

it('reports again what the server failed to keep, over the same connection, and takes the next document meanwhile', async () => {
  const { state, says, server } = await connected();
  const { length } = state.saidReports;
  state.failReports = 4;
  state.want(1, { log: { level: 'debug' } }, { isHanded: true });
  state.want(2, { log: { level: 'warn' } }, { isHanded: true });
  await says('applied', 2);
  expect(state.saidReports.length - length).toBeGreaterThan(4);
  expect(server.resumed).toHaveLength(1);
});

it('fetches nothing that it is handed, judges it all the same, and reports once what it has in force', async () => {
  const { state, says } = await connected();
  const before = state.reports.length;
  state.want(1, { log: { level: 'debug' } }, { isHanded: true });
  await says('applied', 1);
  state.want(2, { log: { level: 'loud' } }, { isHanded: true });
  expect((await says('failed', 2)).message).toContain('log.level');
  expect(state.fetched).toBe(0);
  expect(state.reports.slice(before).map(({ status }) => status)).toEqual(['applied', 'failed']);
});

it('says that it tries what changes how to connect, before it leaves', async () => {
  const { state, says, startOther } = await connected();
  const other = await startOther();
  state.want(1, { server: { addresses: [other.url.origin] } }, { isHanded: true });
  await says('applied', 1);
  expect(state.reports.filter(({ of }) => of === hashOf(1)).map(({ status }) => status)).toEqual([
    'applying',
    'applied',
  ]);
});

it('moves to another address, and stays there after a restart', async () => {
  const { state, says, startOther, folder, end, start, until } = await connected();
  const other = await startOther();
  state.want(1, { server: { addresses: [other.url.origin] } });
  expect(await says('applied', 1)).toMatchObject({ values: { 'server.addresses': [other.url.origin] } });
  expect(other.sockets.size).toBe(1);
  await until('the configuration of the server is in force');
  expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toContain(`server: ${other.url.origin}\n`);
  await end();
  const hellos = state.hellos.length;
  void start();
  await state.until(() => state.hellos.length > hellos);
});

it('does not follow where the owner of the machine has locked it', async () => {
  const { state, says, server, startOther } = await connected({ lock: ['server.addresses'] });
  const other = await startOther();
  state.want(1, { server: { addresses: [other.url.origin] }, log: { level: 'warn' } });
  expect(await says('applied', 1)).toMatchObject({ values: { 'log.level': 'warn' }, locked: ['server.addresses'] });
  expect(server.sockets.size).toBe(1);
  expect(other.sockets.size).toBe(0);
});

it('goes over a new connection when the pings change', async () => {
  const { state, says, server } = await connected();
  state.want(1, { heartbeat: { ping_seconds: 30 } });
  await says('applied', 1);
  expect(server.resumed).toHaveLength(2);
});

const closedPort = async () => {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return `https://localhost:${port}`;
};

/** A server like ours that another CA signed. */
const strangeServer = async () => {
  const tls = await makeServerIdentity(await makeAuthority());
  const { url } = await startTestServer({ tls, router: initTRPC.create().router({}) });
  return url.origin;
};

it.each([
  ['a port where nobody is', closedPort, /nothing listens/],
  ['an address that never answers', listenSilently, /no answer|not reached/],
  ['a name that does not resolve', () => Promise.resolve('https://nobody.invalid:6443'), /nobody\.invalid/],
  ['a server with another CA', strangeServer, /certificate|CA|signature/i],
])(
  '%s: returns by itself, says why, and takes the next good document',
  async (_what, makeAddress, why) => {
    const { state, says, folder, server } = await connected({ limitMs: 1500 });
    state.want(1, { log: { level: 'info' } });
    await says('applied', 1);
    state.want(2, { server: { addresses: [await makeAddress()] } });
    const report = await says('rolled_back', 2);
    expect(report).toMatchObject({ inForce: hashOf(1), values: { 'log.level': 'info' } });
    expect(report.message).toMatch(why);
    expect(JSON.parse(readFileSync(join(folder, 'configuration.json'), 'utf8'))).toMatchObject({ hash: hashOf(1) });
    await expect.poll(() => server.sockets.size).toBe(1);

    // Told the same once more on the new connection, it stays where it is.
    await state.reported(state.hellos.length);
    const fetched = state.fetched;
    state.tell({ kind: 'configuration', hash: hashOf(2) });
    state.want(3, { log: { level: 'warn' } });
    expect(await says('applied', 3)).toMatchObject({ values: { 'log.level': 'warn' } });
    expect(state.fetched).toBe(fetched + 1);
  },
  30_000,
);

it.each([
  [{ log: { level: 'loud' } }, 1, 'log.level'],
  [{ logs: {} }, 1, 'logs'],
  [{ server: { addresses: ['http://a.test'] } }, 1, 'server.addresses.0'],
  ['text', 1, 'a mapping'],
  [{}, 2, 'it is of format 2, and this agent reads formats up to 1'],
])('refuses %j of format %j and changes nothing', async (document, format, why) => {
  const { state, says, values } = await connected();
  const before = values.length;
  state.want(1, document, { format });
  const report = await says('failed', 1);
  expect(report).toMatchObject({ inForce: null, values: {} });
  expect(report.message).toContain(why);
  expect(values).toHaveLength(before);
  state.want(2, { log: { level: 'warn' } });
  await says('applied', 2);
});

it('tries again what somebody wants tried again', async () => {
  const { state, says, startOther } = await connected({ limitMs: 1500 });
  const away = await closedPort();
  state.want(1, { server: { addresses: [away] } });
  await says('rolled_back', 1);
  await state.reported(state.hellos.length);
  await startOther();
  const tried = state.fetched;
  state.want(1, { server: { addresses: [away] } }, { request: 'again' });
  await state.until(() => state.fetched > tried);
}, 30_000);

it('a refusal by an address that is only tried says nothing of the standing of this machine', async () => {
  const { state, says, startOther, server } = await connected({ limitMs: 1500 });
  const other = await startOther(() => 403);
  state.want(1, { server: { addresses: [other.url.origin] } });
  expect((await says('rolled_back', 1)).message).toContain('refuses');
  expect(server.sockets.size).toBe(1);
  expect(state.registrations).toBe(1);
}, 30_000);

it('does not put back what somebody has written there since it was reported, and reports that', async () => {
  const { state, says, decide, decideUnseen, putBacks } = await connected();
  state.want(1, { log: { level: 'info' }, heartbeat: { interval_seconds: 50 } });
  await says('applied', 1);
  const set = (seconds: number) => ({ log: { level: 'warn' }, heartbeat: { interval_seconds: seconds } }) as const;
  decide({ values: set(77), lock: [] });
  const local = () => state.reports.at(-1)!.local;
  await expect.poll(local).toEqual({ 'log.level': 'warn', 'heartbeat.interval_seconds': 77 });
  decideUnseen({ values: set(99), lock: [] });
  state.tell({ kind: 'configuration', hash: hashOf(1), putBack: ['log.level', 'heartbeat.interval_seconds'] });
  await expect.poll(() => putBacks).toEqual([['log.level']]);
  await state.until(() => state.reports.some((report) => report.local['heartbeat.interval_seconds'] === 99));
});

it('says what its owner sets on the machine, as soon as it is set, and takes out what is to be put back', async () => {
  const { state, says, values, decide, putBacks } = await connected();
  state.want(1, { log: { level: 'info' } });
  await says('applied', 1);
  decide({ values: { log: { level: 'debug' } }, lock: [] });
  await state.until(() => state.reports.at(-1)?.local?.['log.level'] === 'debug');
  expect(state.reports.at(-1)).toMatchObject({ inForce: hashOf(1), values: { 'log.level': 'debug' }, locked: [] });
  expect(values.at(-1)).toEqual({ log: { level: 'debug' } });
  state.tell({ kind: 'configuration', hash: hashOf(1), putBack: ['log.level'] });
  await state.until(() => state.reports.at(-1)?.local?.['log.level'] === undefined);
  expect(putBacks).toEqual([['log.level']]);
  expect(values.at(-1)).toEqual({ log: { level: 'info' } });
});

it('is moved behind a proxy and from one to another, each time over a new connection that goes through it', async () => {
  const { state, says, server } = await connected();
  const first = await startProxy();
  state.want(1, { server: { proxy: first.url } });
  await says('applied', 1);
  expect(first.targets.at(-1)).toBe(server.url.host);
  const asking = await startProxy('agents:hush');
  const secret = { proxy: asking.url, proxy_user: 'agents', proxy_password: 'hush' };
  state.want(2, { server: secret });
  expect((await says('applied', 2)).values).toEqual({
    'server.proxy': asking.url,
    'server.proxy_user': 'agents',
    'server.proxy_password': '(secret)',
  });
  expect(asking.targets).toHaveLength(1);
  state.want(3, {});
  await says('applied', 3);
  // The third connection goes no way but straight.
  await Promise.all([first.stop(), asking.stop()]);
  state.want(4, { log: { level: 'info' } });
  await says('applied', 4);
  expect(server.sockets.size).toBe(1);
});

it.each([
  [
    'that is away',
    async () => ({ proxy: (await closedPort()).replace('https', 'http').replace('localhost', '127.0.0.1') }),
    'ECONNREFUSED',
  ],
  [
    'that refuses its password',
    async () => ({ proxy: (await startProxy('agents:hush')).url, proxy_password: 'no' }),
    '407',
  ],
])(
  'a proxy %s: returns by itself, says why, and takes the next good document',
  async (_what, make, why) => {
    const { state, says, lines } = await connected({ limitMs: 1500 });
    state.want(1, { server: await make() });
    const report = await says('rolled_back', 1);
    expect(report.message).toContain('the proxy 127.0.0.1');
    expect(report.message).toContain(why);
    state.want(2, { server: { proxy: (await startProxy()).url } });
    await says('applied', 2);
    expect(lines.join()).not.toContain('hush');
  },
  30_000,
);

it('says anew what may be commanded when the rules of that change, over the same connection', async () => {
  const { state, says, server } = await connected();
  const forbiddenNow = () => state.hellos.at(-1)?.commands?.lock?.forbiddenKinds;
  expect(forbiddenNow()).toEqual([]);
  state.want(1, { commands: { forbidden: ['execute_shell'] } });
  await says('applied', 1);
  await state.until(() => forbiddenNow()?.includes('execute_shell') === true);
  state.want(2, {});
  await state.until(() => forbiddenNow()?.length === 0);
  expect(server.resumed).toHaveLength(1);
});

it('says anew what may be commanded when the owner of the machine forbids it, over the same connection', async () => {
  const { state, decide, server } = await connected();
  const said = () => state.hellos.at(-1)?.commands;
  expect(said()?.able).toContain('execute_shell');
  decide({ values: {}, lock: [], commands: { forbidden: 'all' } });
  await state.until(() => said()?.able.length === 0);
  expect(said()?.unable).toContainEqual({ kind: 'execute_shell', why: 'forbidden_here', detail: 'commands.forbidden' });
  expect(said()?.lock.own?.forbiddenKinds).toContain('execute_shell');
  decide({ values: {}, lock: [] });
  await state.until(() => said()?.able.includes('execute_shell') === true);
  expect(server.resumed).toHaveLength(1);
});
