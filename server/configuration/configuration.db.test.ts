import { beforeEach, expect, test } from 'vitest';
import { auditPending, auditRecords, configurationVersions, hostConfigurations, hosts } from '../../db/schema';
import type { SentConfigurationReport } from '../../agent/protocol';
import { agentOf } from '../agents/testing';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { words } from '../../words/words';
import { administratorOf, callerFor, personOn, testServices } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;
let otherId: string;
/** Hosts that are to look what is wanted of them. */
let woken: string[];

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId, otherId] = (await seedHosts(services.db, [{}, { platform: 'windows' }])) as [string, string];
  woken = [];
  services.events.listen('inbox.changed', EVERY, (event) => {
    if (event.kind === 'configuration') woken.push(event.hostId);
  });
});

const machine = (id = hostId) => callerFor(services, { listener: 'channel', agent: agentOf(id) }).agents;
const saveGlobal = (document: string | Record<string, unknown>, etag: string, message = '') =>
  admin.configuration.saveGlobal({ document, etag, message });

const reportOf = (change: Partial<SentConfigurationReport> = {}): SentConfigurationReport => ({
  inForce: null,
  values: {},
  locked: [],
  status: 'waiting',
  of: null,
  message: '',
  ...change,
});

test('a layer keeps every version, with author, reason and comments', async () => {
  expect(await admin.configuration.global()).toEqual({
    layer: 'global',
    version: 0,
    message: '',
    author: null,
    at: null,
    etag: '"0"',
    document: {},
    text: '',
    unvouched: [],
  });
  expect(await saveGlobal('log: { level: debug } # until Friday\n', '"0"', 'Slow disk')).toEqual({
    version: 1,
    etag: '"1"',
    unvouched: [],
  });
  await saveGlobal({ log: { level: 'info' } }, '"1"');
  expect(await admin.configuration.global()).toMatchObject({
    version: 2,
    author: 'admin@example.com',
    document: { log: { level: 'info' } },
    text: 'log:\n  level: info\n',
  });
  const { versions, nextBefore } = await admin.configuration.globalVersions({});
  expect(nextBefore).toBeNull();
  expect(versions).toMatchObject([
    { version: 2, message: '' },
    { version: 1, message: 'Slow disk', text: 'log: { level: debug } # until Friday\n', author: 'admin@example.com' },
  ]);
  expect((await admin.configuration.globalVersions({ before: 2 })).versions).toMatchObject([{ version: 1 }]);
});

test('versions come fifty at a time, and the last page leads to no other', async () => {
  await saveGlobal('log: { level: info }', '"0"');
  const add = (from: number, to: number) =>
    services.db.insert(configurationVersions).values(
      Array.from({ length: to - from + 1 }, (_, i) => {
        return { layer: 'global', version: from + i, text: '', message: '', author: 'admin@example.com' };
      }),
    );
  await add(2, 50);
  expect((await admin.configuration.globalVersions({})).nextBefore).toBeNull();
  await add(51, 51);
  const first = await admin.configuration.globalVersions({});
  expect([first.versions.length, first.versions.at(-1)!.version, first.nextBefore]).toEqual([50, 2, 2]);
  const last = await admin.configuration.globalVersions({ before: 2 });
  expect(last).toMatchObject({ versions: [{ version: 1 }], nextBefore: null });
});

test('of two who change the same version one hears of the other', async () => {
  const both = await Promise.allSettled([
    saveGlobal('log: { level: debug }', '"0"'),
    saveGlobal('log: { level: warn }', '"0"'),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { appCode: 'configuration.changed_meanwhile' },
  });
  await expect(admin.configuration.saveGlobal({ document: '' })).rejects.toMatchObject({
    appCode: 'configuration.version_needed',
  });
  await expect(saveGlobal('logs: {}', '"1"')).rejects.toMatchObject({ appCode: 'configuration.invalid' });
  expect((await admin.configuration.global()).version).toBe(1);
});

test('a host is to be what all are told, and what it is told besides; and where each value is from is said', async () => {
  await saveGlobal('log: { level: info }\nheartbeat: { interval_seconds: 30 }', '"0"');
  expect(woken.sort()).toEqual([hostId, otherId].sort());
  woken = [];
  await admin.configuration.saveHost({ hostId, document: 'log: { level: debug }', etag: '"0"' });
  expect(woken).toEqual([hostId]);
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({
    wanted: { document: { log: { level: 'debug' }, heartbeat: { interval_seconds: 30 } } },
    offered: null,
    inForce: null,
    status: 'waiting',
    sources: { 'log.level': `host/${hostId}`, 'heartbeat.interval_seconds': 'global' },
  });
  expect(await admin.configuration.host({ hostId })).toMatchObject({ layer: `host/${hostId}`, version: 1 });
  expect((await admin.configuration.ofHost({ hostId: otherId })).sources).toEqual({
    'log.level': 'global',
    'heartbeat.interval_seconds': 'global',
  });
});

test('wanted, fetched and in force are three documents', async () => {
  await saveGlobal('log: { level: info }', '"0"');
  const offered = await machine().configuration();
  expect(offered).toEqual({ format: 1, hash: expect.any(String), document: { log: { level: 'info' } } });
  await saveGlobal('log: { level: warn }', '"1"');
  await machine().configReport(
    reportOf({ inForce: offered.hash, values: { 'log.level': 'info' }, status: 'applied', of: offered.hash }),
  );
  const said = await admin.configuration.ofHost({ hostId });
  expect(said).toMatchObject({
    wanted: { document: { log: { level: 'warn' } } },
    offered: { hash: offered.hash, document: { log: { level: 'info' } } },
    inForce: { hash: offered.hash, document: { log: { level: 'info' } } },
    // What it says is of a document that nobody wants any more.
    status: 'waiting',
  });
  await machine().configReport(
    reportOf({ inForce: offered.hash, status: 'rolled_back', of: said.wanted.hash, message: 'no answer' }),
  );
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({
    ...{ status: 'rolled_back', message: 'no answer', said: null },
  });
  const why = words('agent.connection.silent');
  await machine().configReport(
    reportOf({ inForce: offered.hash, status: 'rolled_back', of: said.wanted.hash, message: 'x', said: why }),
  );
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({ message: 'the server fell silent', said: why });
  // Its file is damaged: it knows that it was applied, and has it no more.
  await machine().configReport(reportOf({ status: 'applied', of: said.wanted.hash }));
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({ status: 'waiting', message: '' });
  await machine().configReport(
    reportOf({ inForce: said.wanted.hash, values: { 'log.level': 'warn' }, status: 'applied', of: said.wanted.hash }),
  );
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({ status: 'applied', message: '' });
});

test('what a machine says is kept as it is said, whatever it is, and its host may be gone', async () => {
  await machine().configReport(
    reportOf({ values: { 'newer.key': ['a', 'b'] }, locked: ['log.level'], message: 'Bearer abcdefghijklmnop' }),
  );
  const { inForce, locked, message } = await admin.configuration.ofHost({ hostId });
  expect({ document: inForce?.document, locked }).toEqual({
    document: { newer: { key: ['a', 'b'] } },
    locked: ['log.level'],
  });
  expect(message).not.toContain('abcdefghijklmnop');
  await services.db.delete(hosts);
  await machine().configReport(reportOf());
});

test('a machine names no key that every object has, and what one named before is not read', async () => {
  const hostile = ['__proto__.interpreter', 'constructor.keys', 'prototype.x', 'log.constructor', 'log', 'a.b.c', '.x'];
  for (const key of hostile) {
    for (const said of [{ values: { [key]: '/tmp/evil' } }, { local: { [key]: '/tmp/evil' } }])
      await expect(machine().configReport(reportOf(said)), key).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
  await machine().configReport(reportOf({ values: { 'log.level': 'warn' } }));
  const inForce = Object.fromEntries([...hostile, 'log.level'].map((key) => [key, '/tmp/evil']));
  await services.db.update(hostConfigurations).set({ inForce });
  expect((await admin.configuration.ofHost({ hostId })).inForce?.document).toEqual({ log: { level: '/tmp/evil' } });
  expect(({} as { interpreter?: string }).interpreter).toBeUndefined();
});

test('pushing asks hosts again, also those that have tried in vain', async () => {
  await saveGlobal('log: { level: info }', '"0"');
  woken = [];
  const { hosts: told } = await admin.configuration.push({ targets: { platform: 'windows' } });
  expect(told).toEqual([{ hostId: otherId, fqdn: 'host-1.example.com', isConnected: false }]);
  expect(woken).toEqual([otherId]);
  for (const targets of [{ all: true as const }, { filter: { search: 'host-' } }, { hostIds: [hostId, otherId] }]) {
    expect((await admin.configuration.push({ targets })).hosts).toHaveLength(2);
  }
  await expect(admin.configuration.push({})).rejects.toMatchObject({ appCode: 'input.invalid' });
});

test('before it is saved it says what changes, and on how many hosts', async () => {
  await admin.configuration.saveHost({ hostId, document: 'log: { level: debug }', etag: '"0"' });
  const ofLevel = await admin.configuration.previewGlobal({ text: 'log: { level: warn }' });
  expect(ofLevel).toEqual({
    text: 'log: { level: warn }',
    document: { log: { level: 'warn' } },
    issues: [],
    changes: [{ key: 'log.level', before: null, after: 'warn' }],
    hosts: { changed: 1, of: 2, names: ['host-1.example.com'] },
    unvouched: [],
    conflicts: [],
  });
  const text = 'log: { level: warn }\nheartbeat: { ping_seconds: 30 }';
  expect((await admin.configuration.previewGlobal({ text })).hosts).toMatchObject({ changed: 2, of: 2 });
  expect(await admin.configuration.previewGlobal({ text: '', set: { 'log.level': 'warn' } })).toMatchObject({
    text: 'log:\n  level: warn\n',
  });
  expect(await admin.configuration.previewGlobal({ text: 'logs: {}' })).toMatchObject({
    issues: [{ path: 'logs', line: 1, column: 1 }],
    changes: [],
  });
  await saveGlobal('log: { level: debug }', '"0"');
  // It is told the same by all.
  expect((await admin.configuration.previewHost({ hostId, text: '' })).hosts).toMatchObject({ changed: 0, of: 1 });
  expect((await admin.configuration.previewHost({ hostId, text: 'log: { level: info }' })).hosts.changed).toBe(1);
});

test('what is changed is in the audit log, with what it was', async () => {
  await saveGlobal('log: { level: info }', '"0"', 'Quiet');
  await admin.configuration.push({ targets: { hostIds: [hostId] } });
  const sealed = await services.db.select().from(auditRecords);
  const pending = await services.db.select().from(auditPending);
  const records = [...sealed, ...pending];
  expect(records.find(({ action }) => action === 'configuration.saveGlobal')).toMatchObject({
    objectId: 'global',
    before: { version: 0, values: [] },
    after: { version: 1, message: 'Quiet', values: [['log.level', 'info']] },
  });
  expect(records.find(({ action }) => action === 'configuration.push')).toMatchObject({
    objectId: hostId,
    after: { pushed: 1, hostIds: [hostId] },
  });
});

test('however long a document is, all that changes of it is in the audit log, and nothing that does not', async () => {
  const users = Array.from({ length: 64 }, (_, n) => `${n}-`.padEnd(200, 'ü'));
  const says = (value: object) => JSON.stringify({ server: { addresses: ['https://a.test'] }, ...value });
  await saveGlobal(says({ commands: { run_as: users } }), '"0"', 'M'.repeat(500));
  await saveGlobal(says({ commands: { run_as: users.slice(1) }, log: { level: 'debug' } }), '"1"');
  await saveGlobal(says({}), '"2"');
  await services.audit.trySeal();
  const records = await services.db.select().from(auditRecords).orderBy(auditRecords.sequence);
  const saved = records.filter(({ action }) => action === 'configuration.saveGlobal') as unknown as {
    before: { version: number; values: [string, unknown][] };
    after: { version: number; values: [string, unknown][] };
  }[];
  const said = (side: 'before' | 'after', version: number) =>
    saved.filter(({ after }) => after.version === version).flatMap((record) => record[side].values);
  const listOf = (pairs: [string, unknown][]) =>
    pairs.flatMap(([key, value]) => (key === 'commands.run_as' ? (value as string[]) : []));
  const othersOf = (pairs: [string, unknown][]) => pairs.filter(([key]) => key !== 'commands.run_as');
  expect(listOf(said('after', 1))).toEqual(users);
  expect(othersOf(said('after', 1))).toEqual([['server.addresses', ['https://a.test']]]);
  expect(listOf(said('before', 2))).toEqual(users);
  expect(listOf(said('after', 2))).toEqual(users.slice(1));
  expect([othersOf(said('before', 2)), othersOf(said('after', 2))]).toEqual([[], [['log.level', 'debug']]]);
  expect(listOf(said('before', 3))).toEqual(users.slice(1));
  expect(said('after', 3)).toEqual([]);
});

test('who may configure some hosts only changes nothing of others, and not what all are told', async () => {
  const operator = await personOn(services, { role: 'operator', hostIds: [hostId] });
  await operator.configuration.saveHost({ hostId, document: 'log: { level: debug }', etag: '"0"' });
  expect(await operator.configuration.push({ targets: { all: true } })).toMatchObject({ total_agents: 1 });
  const config_data = { log: { level: 'debug' } };
  await expect(operator.configuration.push({ config_data, push_to_all: true })).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
  expect(await operator.configuration.push({ config_data, target_platform: 'windows' })).toMatchObject({
    total_agents: 0,
  });
  expect((await admin.configuration.host({ hostId: otherId })).version).toBe(0);
});
