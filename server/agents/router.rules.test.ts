import { once } from 'node:events';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Hello, InboxItem, Sample } from '../../agent/protocol';
import { hostEvents, hosts } from '../../db/schema';
import { EVERY } from '../events';
import { administratorOf, callerFor, sessionOf, testServices } from '../testing';
import { type AgentSocket, connectAgent, enrolledHost, HELLO, openAgentClient, serveApi } from './testing';

const hello: Hello = { ...HELLO, osVersion: '12.1', addresses: ['192.0.2.7', '2001:db8::7'] };

const sample: Sample = {
  at: '2020-01-01T00:00:00.000Z',
  cpuPercent: 12.5,
  load1: 0.5,
  load5: null,
  load15: null,
  memoryTotalBytes: 1000,
  memoryUsedBytes: 500,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
  disks: [{ mount: '/', filesystem: 'ext4', totalBytes: 100, usedBytes: 50 }],
  networkReceivedBytesPerSecond: 1.5,
  networkSentBytesPerSecond: null,
  uptimeSeconds: 60,
};

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let host: Awaited<ReturnType<typeof enrolledHost>>;
let port: number;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  host = await enrolledHost(services, admin);
  port = await serveApi(services);
});

const openAgent = () => openAgentClient(services, port, host.shown);

function happenings(name: 'host.changed' | 'host.sampled'): string[] {
  const ids: string[] = [];
  onTestFinished(services.events.listen(name, EVERY, ({ hostId }) => void ids.push(hostId)));
  return ids;
}

/** Changes with every write of the row. */
async function versionOfRow(): Promise<unknown> {
  const { rows } = await services.db.execute(sql`select xmin::text as version from host where id = ${host.hostId}`);
  return rows[0]?.version;
}

const errorsLogged = () => services.logged.filter(({ level }) => (level as number) >= 50);

describe('hello', () => {
  test('keeps what the machine says it is', async () => {
    const changed = happenings('host.changed');
    expect(await openAgent().agents.hello.mutate(hello)).toMatchObject({
      heartbeatSeconds: 30,
      renewal: { inSeconds: expect.any(Number) },
    });
    const { host: shown } = await admin.hosts.byId({ hostId: host.hostId });
    const { protocol: _protocol, ...facts } = hello;
    expect(shown).toMatchObject(facts);
    expect(changed).toEqual([host.hostId]);
  });

  test('is answered with when to renew: a window that begins at two thirds of 90 days and is a twelfth of them long', async () => {
    const { renewal } = await openAgent().agents.hello.mutate(hello);
    expect(renewal!.inSeconds / 86_400).toBeCloseTo(60, 1);
    expect(renewal!.withinSeconds).toBe(7.5 * 86_400);
  });

  test('writes only what is new: every reconnect says it', async () => {
    await openAgent().agents.hello.mutate(hello);
    const changed = happenings('host.changed');
    const before = await versionOfRow();
    // The connection it comes back from is gone: a second one beside it would be another machine's.
    const { socket } = services.sockets.holder(host.hostId)!;
    socket!.terminate();
    await once(socket!, 'close');

    const agent = openAgent();
    await agent.agents.hello.mutate(hello);
    await agent.agents.hello.mutate(hello);
    expect(await versionOfRow()).toBe(before);
    expect(changed).toEqual([]);

    await agent.agents.hello.mutate({ ...hello, osVersion: '12.2' });
    expect(await versionOfRow()).not.toBe(before);
    expect(changed).toEqual([host.hostId]);
  });

  test('never renames the host, nor gives it another key', async () => {
    const [before] = await services.db.select().from(hosts);
    const more = {
      id: host.hostId.replace(/.$/, '0'),
      approval: 'rejected',
      keyFingerprint: 'mine',
      registeredFrom: 'here',
    };
    await openAgent().agents.hello.mutate({ ...hello, ...more, fqdn: 'db-01.example.com' });
    const [after] = await services.db.select().from(hosts);
    const { id, fqdn, approval, keyFingerprint, registeredFrom } = before!;
    expect(after).toMatchObject({ id, fqdn, approval, keyFingerprint, registeredFrom, osVersion: hello.osVersion });
  });
});

describe('heartbeat', () => {
  test('is kept, dated by our clock, and told', async () => {
    const sampled = happenings('host.sampled');
    const before = Date.now();
    await openAgent().agents.heartbeat.mutate(sample);
    const kept = services.samples.latest(host.hostId)!;
    expect(kept).toEqual({ ...sample, at: expect.any(String) });
    expect(Date.parse(kept.at)).toBeGreaterThanOrEqual(before);
    expect(sampled).toEqual([host.hostId]);
  });

  test('what is no measurement is refused, and the connection lives', async () => {
    const wrong: [what: string, input: unknown][] = [
      ['nothing', undefined],
      ['text', 'up'],
      ['NaN, which JSON makes null', { ...sample, memoryUsedBytes: NaN }],
      ['negative', { ...sample, memoryUsedBytes: -1 }],
      ['half a byte', { ...sample, memoryTotalBytes: 0.5 }],
      ['more than all of the processor', { ...sample, cpuPercent: 100.1 }],
      ['text for a number', { ...sample, cpuPercent: '12' }],
      ['a date that is none', { ...sample, at: 'now' }],
      ['thousands of disks', { ...sample, disks: Array(3000).fill(sample.disks[0]) }],
      [
        'a mount point without end',
        { ...sample, disks: [{ mount: 'x'.repeat(100_000), filesystem: '', totalBytes: 0, usedBytes: 0 }] },
      ],
      ['disks that are none', { ...sample, disks: { length: 1 } }],
      ['a number beyond every integer', { ...sample, memoryUsedBytes: 2 ** 60 }],
      ['something missing', { ...sample, disks: undefined }],
    ];
    const agent = openAgent();
    for (const [what, input] of wrong) {
      const heartbeat = agent.agents.heartbeat.mutate(input as Sample);
      await expect(heartbeat, what).rejects.toMatchObject({ data: { code: 'BAD_REQUEST', appCode: 'input.invalid' } });
    }
    expect(services.samples.latest(host.hostId)).toBeNull();
    await agent.agents.heartbeat.mutate(sample);
    expect(services.samples.latest(host.hostId)).toMatchObject({ cpuPercent: 12.5 });
    expect(errorsLogged()).toEqual([]);
  });

  test('what else it says is not kept', async () => {
    await openAgent().agents.heartbeat.mutate({ ...sample, secret: 'x'.repeat(1000), hostId: 'another' } as Sample);
    expect(services.samples.latest(host.hostId)).not.toHaveProperty('secret');
  });

  // It brought the figures of a deleted host back, for nobody to remove again.
  test('is not heard any more once access has ended', async () => {
    const socket = await connectAgent(services, port, host.shown);
    socket.pause(); // it does not even read that it is to close
    await admin.hosts.delete({ hostId: host.hostId });
    socket.say({ id: 1, method: 'mutation', params: { path: 'agents.heartbeat', input: sample } });
    await expect.poll(() => services.logged.map(({ msg }) => msg), { timeout: 5000 }).toContain('agent disconnected');
    expect(services.samples.latest(host.hostId)).toBeNull();
  });
});

test('the inbox begins with the settings', async () => {
  const items = await new Promise<{ id: string; data: InboxItem }>((resolve, reject) => {
    const inbox = openAgent().agents.inbox.subscribe(undefined, { onData: resolve, onError: reject });
    onTestFinished(() => inbox.unsubscribe());
  });
  expect(items).toMatchObject({ data: { kind: 'settings', heartbeatSeconds: 30 } });
});

test('an error that the agent reports is in the host’s history', async () => {
  const agent = openAgent();
  await agent.agents.reportError.mutate({ kind: 'unsupported', message: 'no such kind: <img src=x onerror=alert(1)>' });
  await expect(agent.agents.reportError.mutate({ kind: 'failed', message: 'x'.repeat(2001) })).rejects.toMatchObject({
    data: { code: 'BAD_REQUEST' },
  });
  const reported = await services.db.select().from(hostEvents).where(eq(hostEvents.kind, 'agent_error'));
  expect(reported).toMatchObject([
    { hostId: host.hostId, detail: 'no such kind: <img src=x onerror=alert(1)>', actor: null },
  ]);
});

describe('who may call what', () => {
  test('an agent decides and reads nothing of hosts, not even of itself', async () => {
    const { hosts, live } = openAgent();
    const { hostId } = host;
    for (const call of [
      () => hosts.list.query({}),
      () => hosts.byId.query({ hostId }),
      () => hosts.counts.query(),
      () => hosts.approve.mutate({ hostId }),
      () => hosts.revoke.mutate({ hostId }),
      () => hosts.delete.mutate({ hostId }),
    ]) {
      await expect(call()).rejects.toMatchObject({ data: { appCode: 'auth.required', httpStatus: 401 } });
    }
    const stream = new Promise((resolve) => live.stream.subscribe(undefined, { onError: resolve, onData: resolve }));
    expect(await stream).toMatchObject({ data: { appCode: 'auth.required' } });
  });

  test('an agent does not sign in', async () => {
    const { users } = openAgent();
    for (const call of [
      () => users.signIn.mutate({ email: 'admin@example.com', password: 'x' }),
      () => users.setupOpen.query({ token: 'x' }),
      () => users.me.query(),
    ]) {
      await expect(call()).rejects.toMatchObject({ data: { appCode: 'auth.forbidden', httpStatus: 403 } });
    }
  });

  test('nobody but a connected host speaks as one', async () => {
    const stranger = callerFor(services, { listener: 'api' });
    const person = callerFor(services, { session: sessionOf({ id: host.hostId }) });
    for (const { agents } of [stranger, person, callerFor(services)]) {
      for (const call of [
        () => agents.hello(hello),
        () => agents.heartbeat(sample),
        () => agents.reportError({ kind: 'failed', message: '' }),
        () => agents.inbox(),
      ]) {
        await expect(call()).rejects.toMatchObject({ appCode: 'auth.forbidden' });
      }
    }
  });
});

describe('what no agent sends', () => {
  const call = (message: object) => ({ id: 1, ...message });

  async function sayAndHear(socket: AgentSocket, message: unknown): Promise<unknown> {
    socket.say(message);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    return socket.codec.decode(answer);
  }

  const nonsense: [what: string, message: unknown, code: string][] = [
    ['null', null, 'PARSE_ERROR'],
    ['text', 'hello', 'PARSE_ERROR'],
    ['an id that is none', { id: {}, method: 'query', params: { path: 'x' } }, 'PARSE_ERROR'],
    ['no such procedure', call({ method: 'mutation', params: { path: 'agents.obey' } }), 'NOT_FOUND'],
    ['a property of every object', call({ method: 'mutation', params: { path: 'agents.__proto__' } }), 'NOT_FOUND'],
    [
      'a query that is a mutation',
      call({ method: 'query', params: { path: 'agents.heartbeat', input: sample } }),
      'NOT_FOUND',
    ],
    [
      'keys to pollute with',
      JSON.parse(
        `{"id":1,"method":"mutation","params":{"path":"agents.reportError","input":{"__proto__":{"kind":"failed","message":""}}}}`,
      ),
      'BAD_REQUEST',
    ],
  ];

  test('is refused, message by message, and the connection lives', async () => {
    const socket = await connectAgent(services, port, host.shown);
    for (const [what, message, code] of nonsense) {
      expect(await sayAndHear(socket, message), what).toMatchObject({
        error: { data: { code, appCode: code === 'NOT_FOUND' ? 'request.unknown' : 'input.invalid' } },
      });
      const heartbeat = call({ method: 'mutation', params: { path: 'agents.heartbeat', input: sample } });
      expect(await sayAndHear(socket, heartbeat), what).toMatchObject({ id: 1, result: { type: 'data' } });
    }
    expect(errorsLogged()).toEqual([]);
  });

  test('one subscription cannot be opened twice under one id: the connection is closed', async () => {
    const socket = await connectAgent(services, port, host.shown);
    const inbox = call({ method: 'subscription', params: { path: 'agents.inbox' } });
    const closed = once(socket, 'close');
    socket.say(inbox);
    socket.say(inbox);
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4005, 'id']);
  });

  test('text that no database can hold is refused, and the connection lives', async () => {
    const agent = openAgent();
    await expect(agent.agents.hello.mutate({ ...hello, osName: 'Debian\0' })).rejects.toThrow();
    await expect(
      agent.agents.hello.mutate({ ...hello, hardware: { ...hello.hardware, model: '\ud800' } }),
    ).rejects.toThrow();
    expect(await agent.agents.hello.mutate(hello)).toMatchObject({ heartbeatSeconds: 30 });
  });
});
