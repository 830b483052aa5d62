import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { auditRecords } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { administratorOf, personOf, personOn, testServices } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let web: string;
let db: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [web, db] = (await seedHosts(services.db, [
    { fqdn: 'web', tags: ['rack-4'] },
    { fqdn: 'db', platform: 'freebsd' },
  ])) as [string, string];
});

const ofHost = async (hostId: string, caller: Pick<typeof admin, 'hosts'> = admin) => {
  const { tags, fleetTags, fleets } = (await caller.hosts.byId({ hostId })).host;
  return { tags, fleetTags, fleets: fleets.map((fleet) => [fleet.name, fleet.tags]) };
};
type Reader = Pick<typeof admin, 'hosts' | 'inventory'>;
const exported = async (reader: Reader) => {
  let text = '';
  for await (const piece of await reader.hosts.export({ format: 'jsonl' })) text += piece;
  const rows = text.split('\n').filter(Boolean);
  return Object.fromEntries(
    rows.map((row) => JSON.parse(row) as { fqdn: string; fleetTags: string[] }).map((row) => [row.fqdn, row.fleetTags]),
  );
};

test('hosts have the tags of a fleet while they are in it, and theirs besides', async () => {
  const { id: fleetId, tags } = await admin.fleets.create({
    ...{ name: 'Shop', rule: 'platform = linux', tags: ['env:prod', 'rack-4', 'env:prod'] },
  });
  expect(tags).toEqual(['env:prod', 'rack-4']);
  const given = ['env:prod', 'rack-4'];
  expect(await ofHost(web)).toEqual({ tags: ['rack-4'], fleetTags: given, fleets: [['Shop', given]] });
  expect(await ofHost(db)).toEqual({ tags: [], fleetTags: [], fleets: [] });
  await admin.fleets.putHost({ fleetId, hostId: db });
  expect((await ofHost(db)).fleetTags).toEqual(given);

  const { id: other } = await admin.fleets.create({ name: 'All', rule: 'not name = x', tags: 'env:prod, site:north' });
  expect((await ofHost(web)).fleetTags).toEqual(['env:prod', 'site:north', 'rack-4']);
  await admin.fleets.update({ fleetId, tags: [] });
  expect((await ofHost(web)).fleetTags).toEqual(['env:prod', 'site:north']);
  await admin.fleets.removeHost({ fleetId: other, hostId: web });
  expect((await ofHost(web)).fleetTags).toEqual([]);
  await admin.fleets.delete({ fleetId: other });
  expect(await ofHost(db)).toEqual({ tags: [], fleetTags: [], fleets: [['Shop', []]] });
});

test('what is left out of a change stays, and what changed is on record', async () => {
  const { id: fleetId } = await admin.fleets.create({ name: 'Shop', tags: ['a'] });
  await admin.fleets.update({ fleetId, name: 'Lab' });
  await admin.fleets.update({ fleetId, tags: ['b', 'a'] });
  await admin.fleets.update({ fleetId, tags: ['b', 'a'] });
  expect(await admin.fleets.byId({ fleetId })).toMatchObject({ name: 'Lab', tags: ['b', 'a'], rule: null });
  await services.audit.seal();
  const records = await services.db
    .select()
    .from(auditRecords)
    .where(eq(auditRecords.action, 'fleet.update'))
    .orderBy(auditRecords.sequence);
  expect(records.map(({ before, after }) => [before, after])).toMatchObject([
    [
      { name: 'Shop', tags: ['a'] },
      { name: 'Lab', tags: ['a'] },
    ],
    [{ tags: ['a'] }, { tags: ['b', 'a'] }],
  ]);
  for (const tags of [[''], ['a,b'], [':x'], ['x'.repeat(101)], Array.from({ length: 51 }, (_, i) => `t${i}`)])
    await expect(admin.fleets.update({ fleetId, tags })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('no rule reads them: neither a fleet’s own nor another’s, nor the list’s filter', async () => {
  const { id: fleetId } = await admin.fleets.create({ name: 'One', rule: 'tags has "env:prod"', tags: ['env:prod'] });
  await admin.fleets.putHost({ fleetId, hostId: web });
  const { id: other } = await admin.fleets.create({ name: 'Other', rule: 'tags has env', tags: ['env:test'] });
  // The rule does not hold what is listed when that is taken out.
  await admin.fleets.leaveToRule({ fleetId, hostId: web });
  for (const id of [fleetId, other]) expect((await admin.fleets.hosts({ fleetId: id })).hosts).toEqual([]);
  await admin.fleets.putHost({ fleetId, hostId: web });
  expect((await admin.fleets.preview({ rule: 'tags has "env:prod"' })).total).toBe(0);
  expect((await admin.hosts.list({ filter: 'tags has env' })).total).toBe(0);
  expect((await admin.hosts.list({ fleet: fleetId })).hosts.map(({ fqdn }) => fqdn)).toEqual(['web']);
});

test('other programs count them as the host’s, and whoever types one is told of them', async () => {
  await admin.fleets.create({ name: 'Shop', rule: 'platform = linux', tags: ['env:prod', 'rack-4'] });
  const groups = (await admin.inventory.ansible({})) as Record<string, unknown>;
  expect(groups['tag_env_prod']).toEqual({ hosts: ['web'] });
  expect(groups['tag_rack_4']).toEqual({ hosts: ['web'] });
  const targets = await admin.inventory.prometheus({});
  expect(targets.map(({ labels }) => labels.__meta_sysmanage_tags).sort()).toEqual(['', ',rack-4,env:prod,']);
  const reader = await personOf(services, 'viewer', 'reader@example.com', { isDownload: true });
  expect(await exported(reader)).toEqual({ web: ['env:prod', 'rack-4'], db: [] });
  const suggested = async (prefix: string) => (await admin.hosts.suggestTags({ prefix })).tags;
  expect(await suggested('')).toEqual(['rack-4', 'env:prod']);
  expect(await suggested('ENV:p')).toEqual(['env:prod']);
  expect(await suggested('prod')).toEqual(['env:prod']);
  expect(await suggested('nv')).toEqual([]);
});

test('who does not see a fleet sees nothing of what it gives, and who sees it does', async () => {
  await admin.fleets.create({ name: 'Secret', rule: 'not name = x', tags: ['secret:1'] });
  const { id: fleetId } = await admin.fleets.create({ name: 'Mine', rule: 'platform = linux', tags: ['mine:1'] });
  const onHost = await personOn(services, { role: 'viewer', hostIds: [web] }, { isDownload: true });
  const onFleet = await personOn(services, { role: 'viewer', fleetIds: [fleetId] }, { isDownload: true });
  for (const [caller, given] of [
    [onHost, []],
    [onFleet, ['mine:1']],
  ] as const) {
    expect((await ofHost(web, caller)).fleetTags).toEqual(given);
    expect(await exported(caller)).toEqual({ web: given });
    const inventory = JSON.stringify([await caller.inventory.ansible({}), await caller.inventory.prometheus({})]);
    expect(inventory).not.toMatch(/secret/i);
    expect(inventory.includes('mine:1')).toBe(given.length > 0);
    expect((await caller.hosts.suggestTags({})).tags).toEqual(['rack-4', ...given]);
  }
});
