import type { TRPCError } from '@trpc/server';
import fc from 'fast-check';
import { asc, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fleetDue, fleetHosts, fleets, hosts } from '../../db/schema';
import { issuesOf } from '../errors';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { fields, FIELD_NAMES } from '../rules/fields';
import { explainRule } from '../rules/explain-rule';
import { ruleCondition } from '../rules/rule-condition';
import { rules } from '../rules/testing';
import { writeRule } from '../rules/write-rule';
import { administratorOf, personOn, testServices } from '../testing';
import { keepSettled } from './keep-settled';
import { findMembersVersion } from './members-version';
import { queuePassedDays } from './queue-passed-days';
import { lookForDue, settleDue, settleFleet } from './settle-due';

const MACHINE = {
  ...{ manufacturer: 'QEMU', model: 'Standard PC', virtualisation: 'kvm' },
  ...{ cpuModel: 'AMD EPYC 7763', cpuCores: 4, memoryBytes: 2 ** 31 },
};

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const seed = (...wanted: Parameters<typeof seedHosts>[1]) => seedHosts(services.db, wanted);
const namesIn = async (fleetId: string) => (await admin.fleets.hosts({ fleetId })).hosts.map(({ fqdn }) => fqdn);
const make = async (rule: string | null = null, name = 'Shop') => (await admin.fleets.create({ name, rule })).id;

test('a fleet says how well those of its hosts are that were measured', async () => {
  const since = { healthSince: new Date() };
  await seed(
    { fqdn: 'a', health: 'critical', healthReason: 'cpu above 95', ...since },
    ...[
      { fqdn: 'b', keyFingerprint: 'b', health: 'ok' as const, ...since },
      { fqdn: 'c', keyFingerprint: 'c' },
    ],
    { fqdn: 'd', keyFingerprint: 'd', approval: 'revoked', health: 'critical', ...since },
  );
  const fleetId = await make('platform = linux');
  expect((await admin.fleets.byId({ fleetId })).health).toEqual({ ok: 1, warning: 0, critical: 1 });
});

test('a rule that asks for too much of the database is refused wherever there is one, and settled where it was before', async () => {
  await seed({ fqdn: 'old', kernel: '5.10' }, { fqdn: 'new', kernel: '6.1' });
  const rule = Array.from({ length: 11 }, (_, n) => `kernel < 5.${n + 1}`).join(' or ');
  const fault = { rule: { fault: 'too_many_computed', at: rule.lastIndexOf('kernel') + 1, expected: [] } };
  const fleetId = await make('platform = windows');
  const query = { filter: rule };
  const preview = { kind: 'list_processes', parameters: {}, targets: { filter: query } } as const;
  for (const asked of [
    admin.hosts.list(query),
    admin.hosts.waiting(query),
    admin.inventory.ansible(query),
    admin.inventory.prometheus(query),
    admin.fleets.preview({ rule }),
    admin.fleets.update({ fleetId, rule }),
    admin.fleets.create({ name: 'Other', rule }),
    admin.commands.preview(preview),
    admin.rules.read({ rule }),
  ]) {
    const error = await asked.then(
      () => null,
      (error: TRPCError) => error,
    );
    expect(error && issuesOf(error)).toEqual([expect.objectContaining(fault)]);
  }
  await services.db.update(fleets).set({ rule, isSettled: false });
  await settleDue(services);
  expect(await namesIn(fleetId)).toEqual(['old']);
});

test('a fleet has the hosts of its rule when it is made, and those of another when that is changed', async () => {
  await seed({ fqdn: 'web', tags: ['env:prod'] }, { fqdn: 'db', platform: 'freebsd' }, { fqdn: 'lab' });
  const made = await admin.fleets.create({ name: ' Shop ', description: 'Seen by all', rule: 'tags has env' });
  expect(made).toMatchObject({
    ...{ name: 'Shop', description: 'Seen by all', rule: 'tags has env', hosts: 1, isSettled: true },
    states: { never: 1, up: 0 },
  });
  const fleetId = made.id;
  expect(await namesIn(fleetId)).toEqual(['web']);

  await admin.fleets.update({ fleetId, rule: 'platform = linux' });
  expect(await namesIn(fleetId)).toEqual(['lab', 'web']);
  await admin.fleets.update({ fleetId, name: 'Lab', description: '' });
  expect(await admin.fleets.byId({ fleetId })).toMatchObject({
    ...{ name: 'Lab', description: '', rule: 'platform = linux', hosts: 2 },
  });
  await admin.fleets.update({ fleetId, rule: null });
  expect(await admin.fleets.byId({ fleetId })).toMatchObject({ rule: null, hosts: 0 });
});

test('a host is in a fleet because it is listed, whatever the rule says, and out because it is excepted', async () => {
  const [web, db] = (await seed({ fqdn: 'web' }, { fqdn: 'db', platform: 'freebsd' })) as [string, string];
  const fleetId = await make('platform = linux');
  await admin.fleets.putHost({ fleetId, hostId: db });
  expect(await namesIn(fleetId)).toEqual(['db', 'web']);
  await admin.fleets.removeHost({ fleetId, hostId: db });
  await admin.fleets.removeHost({ fleetId, hostId: web });
  expect(await namesIn(fleetId)).toEqual([]);

  await settleAgain();
  expect(await namesIn(fleetId), 'it stays so').toEqual([]);
  await admin.fleets.leaveToRule({ fleetId, hostId: web });
  expect(await namesIn(fleetId)).toEqual(['web']);
  await admin.fleets.putHost({ fleetId, hostId: web });
  await admin.fleets.update({ fleetId, rule: null });
  expect(await namesIn(fleetId)).toEqual(['web']);
  const { host } = await admin.hosts.byId({ hostId: web });
  expect(host.fleets).toMatchObject([{ id: fleetId, name: 'Shop', how: 'listed' }]);

  async function settleAgain() {
    await services.db.update(fleets).set({ isSettled: false });
    await settleDue(services);
  }
});

test('each membership is explained by what people decided and by what the rule finds', async () => {
  const [web, db] = (await seed(
    { fqdn: 'web', tags: ['env:prod', 'rack-4'], osName: 'Debian GNU/Linux', hardware: MACHINE },
    { fqdn: 'db', platform: 'freebsd' },
  )) as [string, string];
  const rule = '(platform = linux or cores > 100) and not (memory >= 4 GiB) and tags has env and certificate_days < 7';
  const fleetId = await make(`${rule} or os contains debian`);
  const explain = (hostId: string) => admin.fleets.explain({ fleetId, hostId });
  expect(await explain(web)).toMatchObject({
    ...{ host: { id: web, fqdn: 'web' }, fleet: { id: fleetId, name: 'Shop' } },
    ...{ how: 'ruled', since: expect.any(String), decided: null, holds: true },
    reasons: [
      { comparison: 'platform = "linux"', value: 'linux', holds: true, decides: false },
      { comparison: 'cores > 100', value: '4', holds: false, decides: false },
      { comparison: 'memory >= 4 GiB', value: '2 GiB', holds: false, decides: false },
      { comparison: 'tags has "env"', value: 'env:prod, rack-4', holds: true, decides: false },
      { comparison: 'certificate_days < 7 days', value: null, holds: false, decides: false },
      { comparison: 'os contains "debian"', value: 'Debian GNU/Linux', holds: true, decides: true },
    ],
  });
  await admin.fleets.update({ fleetId, rule });
  const decided = async (hostId: string) =>
    (await explain(hostId)).reasons.filter(({ decides }) => decides).map(({ comparison }) => comparison);
  expect(await explain(web)).toMatchObject({ how: null, since: null, holds: false });
  expect(await decided(web)).toEqual(['certificate_days < 7 days']);
  expect(await decided(db)).toEqual([
    ...['platform = "linux"', 'cores > 100', 'tags has "env"', 'certificate_days < 7 days'],
  ]);

  await admin.fleets.putHost({ fleetId, hostId: db });
  expect(await explain(db)).toMatchObject({
    how: 'listed',
    decided: { kind: 'listed', by: 'admin@example.com' },
    holds: false,
  });
  await admin.fleets.update({ fleetId, rule: null });
  expect(await explain(web)).toMatchObject({ how: null, decided: null, rule: null, holds: null, reasons: [] });
  await expect(explain('f0000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ appCode: 'host.not_found' });
});

test('what an explanation says of the whole rule is what the database says of it', async () => {
  await seed({ fqdn: 'web', tags: ['env:prod'], hardware: MACHINE }, { fqdn: 'db', platform: 'freebsd' });
  for (const rule of fc.sample(rules, 60)) {
    const said = await services.db.select({ id: hosts.id, holds: sql<boolean>`${ruleCondition(rule)}` }).from(hosts);
    for (const { id, holds } of said)
      expect((await explainRule(services.db, rule, id)).holds, writeRule(rule)).toBe(holds);
  }
});

test('a fleet says how its hosts divide, what happened to them, and who has a role on it', async () => {
  const [web] = (await seed(
    { fqdn: 'web', presence: 'up', health: 'critical', healthSince: new Date(), osVersion: '12' },
    { fqdn: 'db', platform: 'freebsd', osName: 'FreeBSD', osVersion: '14.1', health: 'ok', healthSince: new Date() },
    { fqdn: 'new', approval: 'pending', health: 'ok', healthSince: new Date() },
    { fqdn: 'else', platform: 'windows' },
  )) as [string];
  const fleetId = await make('platform != windows');
  const person = await personOn(services, { role: 'viewer', fleetIds: [fleetId] });
  const seen = await admin.fleets.byId({ fleetId });
  expect(seen).toMatchObject({
    ...{ hosts: 3, states: { up: 1, never: 1, pending: 1 }, health: { ok: 1, warning: 0, critical: 1 } },
    platforms: [
      { name: 'linux', hosts: 2 },
      { name: 'freebsd', hosts: 1 },
    ],
    systems: { others: 0, shown: [{ name: 'Debian GNU/Linux 12', hosts: 2 }, { name: 'FreeBSD 14.1' }] },
    agents: { shown: [{ name: '1.0.0', hosts: 3 }], others: 0 },
  });
  await admin.hosts.revoke({ hostId: web });
  const { events } = await admin.fleets.events({ fleetId });
  expect(events).toMatchObject([{ kind: 'revoked', actor: 'admin@example.com', host: { id: web, fqdn: 'web' } }]);
  expect(await admin.users.onFleet({ fleetId })).toMatchObject([{ role: 'viewer' }]);
  // Whom nobody has let in gives no role: it is not theirs to count.
  expect(await person.fleets.byId({ fleetId })).toMatchObject({ hosts: 2, states: { pending: 0 } });
  await expect(person.users.onFleet({ fleetId })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
});

test('more than ten versions are counted together', async () => {
  await seed(...Array.from({ length: 12 }, (_, n) => ({ fqdn: `host-${n}`, agentVersion: `1.0.${n}` })));
  const { agents } = await admin.fleets.byId({ fleetId: await make('platform = linux') });
  expect([agents.shown.length, agents.others]).toEqual([10, 2]);
});

test('what changes of a host moves it, together with the change', async () => {
  const [web, db] = (await seed({ fqdn: 'web' }, { fqdn: 'db' })) as [string, string];
  const fleetId = await make('tags has env or state = up');
  const moved: string[] = [];
  services.events.listen('host.fleets_changed', EVERY, ({ hostId }) => moved.push(hostId));
  await settleDue(services);
  expect(moved).toEqual([]);
  await admin.hosts.update({ hostId: web, tags: ['env:prod'] });
  expect((await lookForDue(services.db)).isDue).toBe(true);
  await settleDue(services);
  expect((await lookForDue(services.db)).isDue).toBe(false);
  expect([await namesIn(fleetId), moved]).toEqual([['web'], [web]]);
  await services.db.execute(
    sql`insert into host_presence (host_id, state, since, last_seen) values (${db}, 'up', now(), now())`,
  );
  await settleDue(services);
  expect(await namesIn(fleetId)).toEqual(['db', 'web']);
  await admin.hosts.delete({ hostId: web });
  await settleDue(services);
  expect(await services.db.select({ id: fleetHosts.hostId }).from(fleetHosts)).toEqual([{ id: db }]);
  const [late] = await seed({ fqdn: 'late', tags: ['env'], keyFingerprint: 'late' });
  await settleDue(services);
  expect(await namesIn(fleetId)).toEqual(['db', 'late']);
  expect(moved.sort()).toEqual([web, web, db, late].sort());
});

test('whoever keeps pages in step is told of every change of members by a number, also of fleets and hosts that go', async () => {
  const [web, db] = (await seed({ fqdn: 'web' }, { fqdn: 'db', keyFingerprint: 'db' })) as [string, string];
  let before = await findMembersVersion(services.db);
  const isCounted = async () => {
    const now = await findMembersVersion(services.db);
    const was = before;
    before = now;
    return now > was;
  };
  const [fleetId, empty] = [await make(), await make(null, 'Empty')];
  expect(await isCounted(), 'nobody is in it').toBe(false);
  for (const hostId of [web, db]) await admin.fleets.putHost({ fleetId, hostId });
  expect(await isCounted()).toBe(true);
  await admin.fleets.update({ fleetId, tags: ['env:prod'] });
  expect(await isCounted(), 'what it gives').toBe(true);
  await admin.fleets.update({ fleetId, tags: ['env:prod'] });
  expect(await isCounted(), 'nothing was changed').toBe(false);
  await admin.hosts.delete({ hostId: db });
  await settleDue(services);
  expect(await isCounted(), 'a host that is no more').toBe(true);
  await admin.fleets.delete({ fleetId: empty });
  expect(await isCounted(), 'nobody was in it').toBe(false);
  await admin.fleets.delete({ fleetId });
  expect(await isCounted(), 'a fleet that is no more').toBe(true);
});

test('what a person changes of one host waits for no crowd that changed by itself before', async () => {
  const ids = await seed(...Array.from({ length: 300 }, (_, n) => ({ fqdn: `host-${n}`, health: 'ok' as const })));
  const last = ids.at(-1)!;
  await make('health = critical', 'Ill');
  await make('tags has env', 'By tag');
  await settleDue(services);
  const moved: string[] = [];
  services.events.listen('host.fleets_changed', EVERY, ({ hostId }) => moved.push(hostId));
  await services.db.update(hosts).set({ health: 'critical', healthSince: new Date() });
  await admin.hosts.update({ hostId: last, tags: ['env'] });
  await settleDue(services);
  expect(moved[0]).toBe(last);
  expect(new Set(moved).size).toBe(300);
  const { fleets: all } = await admin.fleets.list({});
  expect(all.map(({ name, hosts: n }) => [name, n])).toEqual([
    ['By tag', 1],
    ['Ill', 300],
  ]);
});

test('a change is looked at by the rules that read it, and by no other', async () => {
  const [web] = (await seed({ fqdn: 'web', tags: ['env'] })) as [string];
  await make('tags has env', 'By tag');
  await make('platform = linux', 'By platform');
  await settleDue(services);
  // Whoever looks at the host again would put both right.
  await services.db.delete(fleetHosts);
  await admin.hosts.update({ hostId: web, tags: ['env', 'more'] });
  await settleDue(services);
  const { fleets: shown } = await admin.fleets.list({});
  expect(shown.map(({ name, hosts }) => [name, hosts])).toEqual([
    ['By platform', 0],
    ['By tag', 1],
  ]);
});

test('a fleet whose members cannot be found holds up no other, and is settled once they can', async () => {
  const [web] = (await seed({ fqdn: 'web', kernel: '6' })) as [string];
  const byKernel = await make('kernel > 1', 'By kernel');
  const byTag = await make('tags has env', 'By tag');
  const unreadable = await make('name = x', 'Of another version');
  await services.db.update(fleets).set({ rule: 'colour = red' }).where(eq(fleets.id, unreadable));
  await settleDue(services);
  // More digits than a number of the database has.
  await services.db.update(hosts).set({ tags: ['env'], kernel: '9'.repeat(140_000), fqdn: 'web-02' });
  await settleDue(services);
  const settled = async () => {
    const { fleets: shown } = await admin.fleets.list({});
    return shown.map(({ id, isSettled }) => [id, isSettled]);
  };
  expect(await settled()).toEqual([
    [byKernel, false],
    [byTag, true],
    [unreadable, false],
  ]);
  expect(await namesIn(byTag)).toEqual(['web-02']);
  // And goes on so, also for fleets with another rule.
  await admin.fleets.update({ fleetId: byTag, rule: 'name = web-03' });
  await services.db.update(hosts).set({ fqdn: 'web-03' }).where(eq(hosts.id, web));
  await settleDue(services);
  expect(await namesIn(byTag)).toEqual(['web-03']);
  await services.db.update(hosts).set({ kernel: '5' });
  await services.db.update(fleets).set({ rule: 'name = web-03' }).where(eq(fleets.id, unreadable));
  await settleDue(services);
  expect(await namesIn(byKernel)).toEqual(['web-03']);
  expect(await settled()).toEqual([
    [byKernel, true],
    [byTag, true],
    [unreadable, true],
  ]);
});

test('a rule that is changed while the one before is settled is settled as well', async () => {
  await seed({ fqdn: 'web' }, { fqdn: 'db', keyFingerprint: 'db' });
  const fleetId = await make('name = nothing');
  await services.db.update(fleets).set({ rule: 'name = web', isSettled: false });
  // As if somebody saved it between our reading of the rule and our saying that it is settled.
  await services.db.execute(sql`
    create function change_rule() returns trigger language plpgsql as $$ begin
      update fleet set rule = 'name = db', is_settled = false where rule = 'name = web';
      return new;
    end $$`);
  await services.db.execute(
    sql`create trigger change_rule after insert on fleet_host for each row execute function change_rule()`,
  );
  await settleFleet(services, fleetId);
  expect(await namesIn(fleetId)).toEqual(['db']);
  expect((await admin.fleets.byId({ fleetId })).isSettled).toBe(true);
});

test('a process that dies before it has settled what it changed leaves that to whoever looks next', async () => {
  await seed({ fqdn: 'web' }, { fqdn: 'db', keyFingerprint: 'db', platform: 'freebsd' });
  const changed = await make('platform = freebsd');
  /** Somebody's process that ends as soon as it has committed once. */
  const dying = (email: string) => {
    let left = 1;
    const transaction: typeof services.db.transaction = (...work) =>
      left-- > 0 ? services.db.transaction(...work) : Promise.reject(new Error('the process is gone'));
    const db = Object.assign(Object.create(services.db) as typeof services.db, { transaction });
    return administratorOf({ ...services, db }, email);
  };
  const updating = await dying('updating@example.com');
  await expect(updating.fleets.update({ fleetId: changed, rule: 'platform = linux' })).rejects.toThrow();
  const creating = await dying('creating@example.com');
  await expect(creating.fleets.create({ name: 'New', rule: 'platform = linux' })).rejects.toThrow();
  const { fleets: all } = await admin.fleets.list({});
  expect(all.map(({ name, isSettled }) => [name, isSettled])).toEqual([
    ['New', false],
    ['Shop', false],
  ]);
  expect(await Promise.all(all.map(({ id }) => namesIn(id)))).toEqual([[], ['db']]);

  const another = keepSettled(services);
  onTestFinished(() => another.stop());
  await expect
    .poll(() => Promise.all(all.map(({ id }) => namesIn(id))), { timeout: 20_000 })
    .toEqual([['web'], ['web']]);
  await expect
    .poll(async () => (await admin.fleets.list({})).fleets.map(({ isSettled }) => isSettled))
    .toEqual([true, true]);
});

test('what a rule asks of days is answered, however many', async () => {
  const ends = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const [, lasting] = (await seed({ fqdn: 'none' }, { fqdn: 'long', keyFingerprint: 'long' })) as [string, string];
  await services.db
    .update(hosts)
    .set({ certificateEnds: ends(300) })
    .where(eq(hosts.id, lasting));
  const found = async (rule: string) => (await admin.fleets.preview({ rule })).total;
  for (const far of ['4000000', '999999999', '999999999999999']) {
    expect(await found(`certificate_days < ${far}`)).toBe(1);
    expect(await found(`certificate_days >= ${far} or certificate_days = ${far}`)).toBe(0);
    expect(await found(`certificate_days > -${far}`)).toBe(1);
    expect(await found(`certificate_days <= -${far}`)).toBe(0);
  }
});

test('every column that a rule can read is one whose change is noticed', async () => {
  const [hostId] = (await seed({})) as [string];
  const changes: Record<string, string> = {
    ...{ fqdn: `'other'`, platform: `'windows'`, os_name: `'x'`, os_version: `'x'`, kernel: `'x'` },
    ...{ agent_version: `'x'`, architecture: `'x'`, hardware: `'{}'`, addresses: `'[]'`, tags: `'["x"]'` },
    agent_tags: `'["x"]'`,
    reboot: `'required'`,
    ...{ certificate_ends: `now()`, health: `'critical'`, approval: `'revoked'` },
  };
  // Packages stand in another table: server/facts/rules-of-facts.db.test.ts.
  const read = new Set(FIELD_NAMES.flatMap((name) => (name === 'package' ? [] : fields[name].columns)));
  expect(new Set([...Object.keys(changes), 'state'])).toEqual(new Set([...read, 'approval']));
  // Not what follows from others: of a host that is let in, its state.
  const noticedAs: Record<string, string[]> = { approval: ['approval', 'state'] };
  for (const [column, value] of Object.entries(changes)) {
    await services.db.delete(fleetDue);
    await services.db.execute(sql.raw(`update host set ${column} = ${value}`));
    const [due] = await services.db.select().from(fleetDue);
    expect(due, column).toMatchObject({ hostId, columns: noticedAs[column] ?? [column] });
    await services.db.execute(sql.raw(`update host set ${column} = ${column}`));
    expect(await services.db.select().from(fleetDue), 'the same again is no change').toHaveLength(1);
  }
});

test('a day that passes is looked at like a change, of the hosts that have one less', async () => {
  const [crossed, other] = (await seed({ fqdn: 'crossed' }, { fqdn: 'other' })) as [string, string];
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  await services.db
    .update(hosts)
    .set({ certificateEnds: inHours(71.9) })
    .where(eq(hosts.id, crossed));
  await services.db
    .update(hosts)
    .set({ certificateEnds: inHours(60) })
    .where(eq(hosts.id, other));
  const fleetId = await make('certificate_days < 3');
  await settleDue(services);
  // As it was before it had less than three days.
  await services.db.delete(fleetHosts);
  await queuePassedDays(services.db, 3600);
  expect(await services.db.select({ hostId: fleetDue.hostId }).from(fleetDue)).toEqual([{ hostId: crossed }]);
  await settleDue(services);
  expect(await namesIn(fleetId)).toEqual(['crossed']);

  // Who does not know since when looks at all.
  await queuePassedDays(services.db, null);
  await settleDue(services);
  expect(await namesIn(fleetId)).toEqual(['crossed', 'other']);
  await admin.fleets.update({ fleetId, rule: 'platform = linux' });
  await queuePassedDays(services.db, 3600);
  expect((await lookForDue(services.db)).isDue, 'a rule that reads no days').toBe(false);
});

test('who is said to enter and to leave does, for any rule', async () => {
  const ids = await seed(
    ...Array.from({ length: 12 }, (_, i) => ({
      fqdn: `host-${i}`,
      platform: (['linux', 'windows'] as const)[i % 2],
      tags: i % 3 ? ['env:prod'] : [],
      presence: i % 4 ? undefined : ('up' as const),
    })),
  );
  const fleetId = await make('platform = linux');
  await admin.fleets.putHost({ fleetId, hostId: ids[1]! });
  await admin.fleets.removeHost({ fleetId, hostId: ids[0]! });
  for (const rule of fc.sample(rules, 60).map(writeRule)) {
    if (rule.length > 2000) continue;
    const before = await namesIn(fleetId);
    const said = await admin.fleets.preview({ fleetId, rule });
    await admin.fleets.update({ fleetId, rule });
    const now = await namesIn(fleetId);
    expect(said.total, rule).toBe(now.length);
    expect(said.entering.total).toBe(said.entering.hosts.length);
    expect(
      said.entering.hosts.map(({ fqdn }) => fqdn),
      rule,
    ).toEqual(now.filter((name) => !before.includes(name)).sort());
    expect(
      said.leaving.hosts.map(({ fqdn }) => fqdn),
      rule,
    ).toEqual(before.filter((name) => !now.includes(name)).sort());
  }
}, 60_000);

test('a machine that nobody has let in is a member by what it claims, and ruled once it is let in', async () => {
  const [stranger] = (await seed({ approval: 'pending' })) as [string];
  const fleetId = await make('platform = linux');
  const how = async () => (await admin.hosts.byId({ hostId: stranger })).host.fleets;
  expect(await how()).toMatchObject([{ id: fleetId, how: 'claimed' }]);
  await services.db.update(hosts).set({ approval: 'approved' });
  await settleDue(services);
  expect(await how()).toMatchObject([{ how: 'ruled' }]);
});

test('a fleet that is deleted is gone with its members, and its hosts stay', async () => {
  const [web] = (await seed({})) as [string];
  const fleetId = await make('platform = linux');
  await admin.fleets.delete({ fleetId });
  await expect(admin.fleets.byId({ fleetId })).rejects.toMatchObject({ appCode: 'fleet.not_found' });
  expect(await services.db.select().from(fleetHosts)).toEqual([]);
  expect((await admin.hosts.byId({ hostId: web })).host.fleets).toEqual([]);
  // Whoever was settling it meanwhile finds nothing to settle.
  await settleFleet(services, fleetId);
});

describe('refused', () => {
  test('a name that another fleet has, in whatever letters', async () => {
    await make();
    await expect(make(null, 'SHOP')).rejects.toMatchObject({ appCode: 'fleet.name_taken' });
    const fleetId = await make(null, 'Lab');
    await expect(admin.fleets.update({ fleetId, name: 'shop' })).rejects.toMatchObject({ appCode: 'fleet.name_taken' });
  });

  test('a rule that is none, with where it goes wrong', async () => {
    await expect(make('platform = amiga')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      cause: { issues: [{ path: ['rule'], params: { rule: { fault: 'value_wrong', at: 12 } } }] },
    });
  });

  test('what is not there', async () => {
    const nobody = '01890000-0000-7000-8000-000000000000';
    const [hostId] = (await seed({})) as [string];
    const fleetId = await make();
    const notThere = { appCode: 'fleet.not_found' };
    for (const call of [
      () => admin.fleets.byId({ fleetId: nobody }),
      () => admin.fleets.hosts({ fleetId: nobody }),
      () => admin.fleets.update({ fleetId: nobody, name: 'x' }),
      () => admin.fleets.delete({ fleetId: nobody }),
      () => admin.fleets.preview({ fleetId: nobody, rule: null }),
      () => admin.fleets.putHost({ fleetId: nobody, hostId }),
      () => admin.fleets.removeHost({ fleetId: nobody, hostId }),
    ])
      await expect(call()).rejects.toMatchObject(notThere);
    await expect(admin.fleets.putHost({ fleetId, hostId: nobody })).rejects.toMatchObject({
      appCode: 'host.not_found',
    });
  });
});

test('fleets are listed by name or age, a page at a time, and found by their names', async () => {
  for (const name of ['b', 'A', 'c_%']) await make(null, name);
  const names = async (query: Parameters<typeof admin.fleets.list>[0]) =>
    (await admin.fleets.list(query)).fleets.map(({ name }) => name);
  expect(await names({})).toEqual(['A', 'b', 'c_%']);
  expect(await names({ sort: 'created', direction: 'desc' })).toEqual(['c_%', 'A', 'b']);
  expect(await names({ search: '_' })).toEqual(['c_%']);
  expect((await admin.fleets.names()).fleets.map(({ name }) => name)).toEqual(['A', 'b', 'c_%']);
  const first = await admin.fleets.list({ limit: 2 });
  expect(first).toMatchObject({ total: 3, isTotalExact: true });
  expect(await names({ limit: 2, cursor: first.nextCursor! })).toEqual(['c_%']);
});

test('hosts are found by the fleet that they are in', async () => {
  const [web] = (await seed({ fqdn: 'web' }, { fqdn: 'db' })) as [string, string];
  const fleetId = await make();
  await admin.fleets.putHost({ fleetId, hostId: web });
  const found = await admin.hosts.list({ fleet: fleetId, filter: 'platform = linux' });
  expect(found.hosts.map(({ fqdn }) => fqdn)).toEqual(['web']);
  expect(
    await services.db.select().from(fleetHosts).where(eq(fleetHosts.fleetId, fleetId)).orderBy(asc(fleetHosts.hostId)),
  ).toHaveLength(1);
});
