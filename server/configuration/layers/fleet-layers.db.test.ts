/** What fleets are told: between all hosts and each one, in an order that people give. */
import { beforeEach, expect, test } from 'vitest';
import { auditPending, auditRecords, fleets } from '../../../db/schema';
import { agentOf } from '../../agents/testing';
import { EVERY } from '../../events';
import { settleDue } from '../../fleets/settle-due';
import { seedHosts } from '../../hosts/testing';
import { administratorOf, callerFor, personOn, testServices } from '../../testing';
import { tellConfiguration } from '../tell-configuration';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
/** A host of linux and one of windows. */
let linuxId: string;
let windowsId: string;
/** Hosts that are to look what is wanted of them. */
let woken: string[];

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [linuxId, windowsId] = (await seedHosts(services.db, [{}, { platform: 'windows' }])) as [string, string];
  woken = [];
  services.events.listen('inbox.changed', EVERY, (event) => {
    if (event.kind === 'configuration') woken.push(event.hostId);
  });
});

const fleetOf = async (name: string, rule: string | null) => (await admin.fleets.create({ name, rule })).id;
const save = (fleetId: string, document: string, etag = '*') =>
  admin.configuration.saveFleet({ fleetId, document, etag });
const levelOf = async (hostId: string) => {
  const { wanted, sources } = await admin.configuration.ofHost({ hostId });
  return [(wanted.document.log as { level?: string } | undefined)?.level, sources['log.level']];
};
/** What the machine's inbox would hold. */
const told = (hostId: string) => tellConfiguration({ ...services, agent: agentOf(hostId), connection: null } as never);

test('a fleet counts more than what all are told, and less than what a host is told', async () => {
  const fleetId = await fleetOf('Linux', 'platform = linux');
  await admin.configuration.saveGlobal({ document: 'log: { level: info }', etag: '"0"' });
  woken = [];
  expect(await save(fleetId, 'log: { level: debug } # until Friday\n', '"0"')).toMatchObject({
    ...{ version: 1, etag: '"1"' },
  });
  expect(woken).toEqual([linuxId]);
  expect(await admin.configuration.fleet({ fleetId })).toMatchObject({
    layer: `fleet/${fleetId}`,
    version: 1,
    text: 'log: { level: debug } # until Friday\n',
  });
  expect((await admin.configuration.fleetVersions({ fleetId })).versions).toMatchObject([{ version: 1 }]);
  expect(await levelOf(linuxId)).toEqual(['debug', `fleet/${fleetId}`]);
  expect(await levelOf(windowsId)).toEqual(['info', 'global']);
  await admin.configuration.saveHost({ hostId: linuxId, document: 'log: { level: warn }', etag: '"0"' });
  expect(await levelOf(linuxId)).toEqual(['warn', `host/${linuxId}`]);
  await expect(save(fleetId, 'log: {}', '"0"')).rejects.toMatchObject({ appCode: 'configuration.changed_meanwhile' });
});

test('two fleets that say different things of one host are refused, until they are ordered', async () => {
  const [one, other] = [await fleetOf('Linux', 'platform = linux'), await fleetOf('Shop', 'platform != freebsd')];
  await save(one, 'log: { level: debug }');
  // The same is no conflict, and neither is another key.
  await save(other, 'log: { level: debug }\nheartbeat: { interval_seconds: 30 }');
  const different = 'log: { level: warn }\nheartbeat: { interval_seconds: 30 }';
  expect((await admin.configuration.previewFleet({ fleetId: other, text: different })).conflicts).toEqual([
    { key: 'log.level', layers: [`fleet/${one}`, `fleet/${other}`].sort(), hosts: 1 },
  ]);
  await expect(save(other, different)).rejects.toMatchObject({
    appCode: 'configuration.fleets_disagree',
    cause: expect.objectContaining({ message: expect.stringMatching(/Linux.*Shop|Shop.*Linux/) }),
  });
  expect((await admin.configuration.fleet({ fleetId: other })).version).toBe(1);

  // The host that both are about says it itself.
  await admin.configuration.saveHost({ hostId: linuxId, document: 'log: { level: error }', etag: '*' });
  expect(await save(other, different)).toMatchObject({ version: 2 });
  await expect(admin.configuration.saveHost({ hostId: linuxId, document: '', etag: '*' })).rejects.toMatchObject({
    appCode: 'configuration.fleets_disagree',
  });

  woken = [];
  await admin.configuration.saveOrder({ fleetIds: [one, other], etag: '*' });
  expect([...woken].sort()).toEqual([linuxId, windowsId].sort());
  await admin.configuration.saveHost({ hostId: linuxId, document: '', etag: '*' });
  expect(await levelOf(linuxId)).toEqual(['warn', `fleet/${other}`]);
  await admin.configuration.saveOrder({ fleetIds: [other, one], etag: '*' });
  expect(await levelOf(linuxId)).toEqual(['debug', `fleet/${one}`]);
  expect((await admin.configuration.order()).fleets).toMatchObject([
    { id: other, name: 'Shop', isOrdered: true, version: 2 },
    { id: one, name: 'Linux', isOrdered: true, version: 1 },
  ]);
  await expect(admin.configuration.saveOrder({ fleetIds: [one], etag: '*' })).rejects.toMatchObject({
    appCode: 'configuration.fleets_disagree',
  });
  await expect(
    admin.configuration.saveOrder({ fleetIds: [one, '01890000-0000-7000-8000-0000000000ff'], etag: '*' }),
  ).rejects.toMatchObject({ appCode: 'fleet.not_found' });
  await expect(admin.configuration.saveOrder({ fleetIds: [one, one], etag: '*' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
});

test('of two who order the same fleets one hears of the other, and both were told what it changes', async () => {
  const [one, other] = [await fleetOf('Linux', 'platform = linux'), await fleetOf('Shop', 'platform = linux')];
  await save(one, 'log: { level: debug }');
  const { etag } = await admin.configuration.order();
  await admin.configuration.saveOrder({ fleetIds: [one, other], etag });
  await expect(admin.configuration.saveOrder({ fleetIds: [other, one], etag })).rejects.toMatchObject({
    appCode: 'configuration.changed_meanwhile',
  });
  await expect(admin.configuration.saveOrder({ fleetIds: [other, one] })).rejects.toMatchObject({
    appCode: 'configuration.version_needed',
  });
  const { fleets, etag: next } = await admin.configuration.order();
  expect(fleets.map(({ id }) => id)).toEqual([one, other]);

  await save(other, 'log: { level: warn }');
  const look = (fleetIds: string[]) => admin.configuration.previewOrder({ fleetIds });
  expect(await look([one, other])).toMatchObject({ changed: 0, conflicts: [] });
  expect(await look([other, one])).toMatchObject({ of: 2, changed: 1, names: ['host-0.example.com'] });
  expect((await look([])).conflicts).toMatchObject([{ key: 'log.level', hosts: 1 }]);
  expect((await admin.configuration.order()).etag, 'a look changes nothing').toBe(next);
});

test('a host that comes into fleets that disagree keeps what it has, and says so', async () => {
  const [one, other] = [await fleetOf('Linux', 'platform = linux'), await fleetOf('Lab', null)];
  await admin.configuration.saveGlobal({ document: 'heartbeat: { interval_seconds: 60 }', etag: '"0"' });
  await save(one, 'log: { level: debug }');
  await save(other, 'log: { level: warn }');
  const machine = callerFor(services, { listener: 'channel', agent: agentOf(linuxId) }).agents;
  const { hash } = await machine.configuration();
  expect(await told(linuxId)).toMatchObject({ item: { hash } });

  woken = [];
  await admin.fleets.putHost({ fleetId: other, hostId: linuxId });
  expect(woken).toEqual([linuxId]);
  expect(await told(linuxId)).toBeNull();
  await expect(machine.configuration()).rejects.toMatchObject({ appCode: 'configuration.fleets_disagree' });
  expect(await admin.configuration.ofHost({ hostId: linuxId })).toMatchObject({
    status: 'waiting',
    conflicts: [{ key: 'log.level', layers: [`fleet/${one}`, `fleet/${other}`].sort() }],
    offered: { hash },
    wanted: { document: { heartbeat: { interval_seconds: 60 } } },
  });
  // What has nothing to do with it can still be changed.
  await save(one, 'log: { level: debug }\nheartbeat: { ping_seconds: 30 }');
  await admin.configuration.saveOrder({ fleetIds: [one, other], etag: '*' });
  expect(await told(linuxId)).not.toBeNull();
  expect(await levelOf(linuxId)).toEqual(['warn', `fleet/${other}`]);
});

test('whoever comes into a fleet by its rule, leaves it, or loses it is told at once', async () => {
  const fleetId = await fleetOf('Tagged', 'tags has loud');
  await save(fleetId, 'log: { level: debug }');
  await fleetOf('Says nothing', 'tags has loud');
  woken = [];
  await admin.hosts.update({ hostId: linuxId, tags: ['loud'] });
  await settleDue(services);
  expect(woken).toEqual([linuxId]);
  expect(await levelOf(linuxId)).toEqual(['debug', `fleet/${fleetId}`]);
  await callerFor(services, { listener: 'channel', agent: agentOf(linuxId) }).agents.configuration();

  expect((await admin.configuration.previewFleet({ fleetId, text: '' })).hosts).toEqual({
    of: 1,
    changed: 1,
    names: ['host-0.example.com'],
  });
  expect((await admin.fleets.byId({ fleetId })).isConfigured).toBe(true);
  woken = [];
  await admin.fleets.delete({ fleetId });
  expect(woken).toEqual([linuxId]);
  // It has what nobody wants any more, and hears that nothing is wanted.
  expect(await told(linuxId)).toMatchObject({ item: { kind: 'configuration' } });
  expect(await levelOf(linuxId)).toEqual([undefined, undefined]);
  const records = await services.db.select().from(auditPending);
  expect(records.find(({ action }) => action === 'fleet.delete')).toMatchObject({
    before: { configuration: { log: { level: 'debug' } } },
  });
});

test('pushing to a fleet asks its hosts, and a host of which nothing is wanted has no status', async () => {
  const fleetId = await fleetOf('Linux', 'platform = linux');
  expect(await admin.configuration.ofHost({ hostId: linuxId })).toMatchObject({ status: null, conflicts: [] });
  expect(await told(linuxId)).toBeNull();
  await save(fleetId, 'log: { level: debug }');
  expect(await admin.configuration.push({ targets: { fleetId } })).toMatchObject({ hosts: [{ hostId: linuxId }] });
  const filter = { fleet: fleetId };
  expect(await admin.configuration.push({ targets: { filter } })).toMatchObject({ hosts: [{ hostId: linuxId }] });
  const gone = '01890000-0000-7000-8000-0000000000ff';
  await expect(admin.configuration.push({ targets: { fleetId: gone } })).rejects.toMatchObject({
    appCode: 'fleet.not_found',
  });
});

test('before all hosts are told something, those are counted that their fleet or their own layer tells otherwise', async () => {
  const fleetId = await fleetOf('Linux', 'platform = linux');
  await save(fleetId, 'log: { level: debug }');
  const preview = await admin.configuration.previewGlobal({ text: 'log: { level: warn }' });
  expect(preview.hosts).toEqual({ of: 2, changed: 1, names: ['host-1.example.com'] });
});

test('who may configure one fleet changes nothing of another, and does not order them', async () => {
  const [mine, theirs] = [await fleetOf('Mine', 'platform = linux'), await fleetOf('Theirs', 'platform = linux')];
  await save(theirs, 'log: { level: debug }');
  const operator = await personOn(services, { role: 'operator', fleetIds: [mine] });
  const change = { document: 'heartbeat: { interval_seconds: 30 }', etag: '*' };
  await operator.configuration.saveFleet({ fleetId: mine, ...change });
  for (const refused of [
    () => operator.configuration.saveFleet({ fleetId: theirs, ...change }),
    () => operator.configuration.fleet({ fleetId: theirs }),
    () => operator.configuration.fleetVersions({ fleetId: theirs }),
    () => operator.configuration.previewFleet({ fleetId: theirs, text: '' }),
    () => operator.configuration.push({ targets: { fleetId: theirs } }),
  ])
    await expect(refused()).rejects.toMatchObject({ appCode: 'fleet.not_found' });
  await expect(operator.configuration.saveOrder({ fleetIds: [mine], etag: '*' })).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
  expect((await operator.configuration.order()).fleets).toMatchObject([{ id: mine }]);
  // They hear that there is a disagreement, and not with whom.
  const refused = operator.configuration.saveFleet({ fleetId: mine, document: 'log: { level: warn }', etag: '*' });
  await expect(refused).rejects.toMatchObject({
    appCode: 'configuration.fleets_disagree',
    cause: expect.objectContaining({ message: expect.stringContaining('another fleet') }),
  });
  const viewer = await personOn(services, { role: 'viewer', fleetIds: [mine] });
  expect((await viewer.configuration.fleet({ fleetId: mine })).version).toBe(1);
  await expect(viewer.configuration.saveFleet({ fleetId: mine, ...change })).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
});

test('an order of however many fleets is in the audit log, from the first to the last', async () => {
  const names = Array.from({ length: 250 }, (_, n) => ({ name: `Fleet ${n}` }));
  const ids = (await services.db.insert(fleets).values(names).returning({ id: fleets.id })).map(({ id }) => id);
  await admin.configuration.saveOrder({ fleetIds: ids, etag: '*' });
  await services.audit.trySeal();
  const records = await services.db.select().from(auditRecords).orderBy(auditRecords.sequence);
  const said = records.filter(({ action }) => action === 'configuration.saveOrder');
  expect(said.flatMap(({ after }) => (after as { fleetIds: string[] }).fleetIds)).toEqual(ids);
});
