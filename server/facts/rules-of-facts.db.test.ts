import { gzipSync } from 'node:zlib';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { type Facts, type FactSection } from '../../agent/protocol';
import { migrateDown, migrateUp } from '../../db/migrate';
import { fleetHosts, hostFacts, hosts } from '../../db/schema';
import { testDatabase } from '../../db/testing';
import { agentOf } from '../agents/testing';
import { settleDue } from '../fleets/settle-due';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, personOn, testServices } from '../testing';
import { hashFacts } from './unpack-facts';

// What machines tell of themselves as facts, asked by filters and by fleets.

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let web: string;
let db: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [web, db] = (await seedHosts(services.db, [{ fqdn: 'web' }, { fqdn: 'db' }])) as [string, string];
});

const agent = (hostId: string) => callerFor(services, { listener: 'channel', agent: agentOf(hostId) }).agents;
const tell = (hostId: string, section: FactSection, facts: Facts) =>
  agent(hostId).reportFacts({
    section,
    hash: hashFacts(facts),
    content: gzipSync(JSON.stringify(facts)).toString('base64'),
  });
const found = async (filter: string) => (await admin.hosts.list({ filter })).hosts.map(({ fqdn }) => fqdn);
async function membersOf(fleetId: string) {
  await settleDue(services);
  return (await admin.fleets.hosts({ fleetId })).hosts.map(({ fqdn }) => fqdn);
}

test('hosts are found by whether they must be started anew, and a fleet by it follows what they tell', async () => {
  const { id: fleetId } = await admin.fleets.create({ name: 'To restart', rule: 'reboot = required' });
  expect(await membersOf(fleetId)).toEqual([]);
  const changed: string[] = [];
  services.events.listen('host.changed', web, ({ hostId }) => changed.push(hostId));
  await tell(web, 'reboot', { required: true, why: 'linux-image' });
  await tell(db, 'reboot', { required: false });
  expect(changed, 'whoever settles is woken').toEqual([web]);
  expect(await found('reboot = required')).toEqual(['web']);
  expect(await found('reboot in (required, not_required)')).toEqual(['db', 'web']);
  expect(await membersOf(fleetId)).toEqual(['web']);
  expect((await admin.fleets.explain({ fleetId, hostId: web })).reasons).toEqual([
    { comparison: 'reboot = "required"', value: 'required', holds: true, decides: true },
  ]);

  // For another reason: rules read none.
  await tell(web, 'reboot', { required: true, why: 'linux-image, libc6' });
  expect(changed).toHaveLength(1);
  await tell(web, 'reboot', { required: false });
  await tell(db, 'reboot', { required: true });
  expect(await membersOf(fleetId)).toEqual(['db']);
  // What is neither yes nor no, and what is not told of any more, is not known.
  await tell(web, 'reboot', { required: 'true' });
  expect(await agent(db).offerFacts({ hashes: {} })).toEqual({ wanted: [] });
  expect(await found('reboot in (required, not_required)')).toEqual([]);
  expect(await found('reboot != required')).toEqual(['db', 'web']);
  expect(await membersOf(fleetId)).toEqual([]);
});

test('what hosts told before there were such rules is found by them', async () => {
  const database = await testDatabase();
  try {
    const hostIds = await seedHosts(database.db, [{}, {}, {}]);
    const told = [{ required: true }, { required: false }, { required: 'yes' }];
    await database.db
      .insert(hostFacts)
      .values(
        hostIds.map((hostId, n) => ({
          ...{ hostId, section: 'reboot' as const, hash: '-', content: told[n]!, changedAt: new Date() },
        })),
      );
    await migrateDown(database, { after: '0042_fleet_tags' });
    await migrateUp(database);
    const rows = await database.db.select({ reboot: hosts.reboot }).from(hosts).orderBy(hosts.id);
    expect(rows.map(({ reboot }) => reboot)).toEqual(['required', 'not_required', null]);
  } finally {
    await database.close();
  }
});

test('hosts are found by a package and by its version, and a fleet by one follows what is installed', async () => {
  const { id: fleetId } = await admin.fleets.create({ name: 'To upgrade', rule: 'package has openssl < 3.0.15' });
  const changed: string[] = [];
  services.events.listen('host.changed', web, ({ hostId }) => changed.push(hostId));
  await tell(web, 'packages', { openssl: '3.0.9-1~deb12u1, 3.0.15-1~deb12u1', bash: '5.2' });
  await tell(db, 'packages', { openssl: '3.0.15-1~deb12u1' });
  expect(changed, 'whoever settles is woken').toEqual([web]);
  expect(await found('package has openssl')).toEqual(['db', 'web']);
  expect(await found('package has OpenSSL')).toEqual([]);
  expect(await found('package has openssl < 3.0.15')).toEqual(['web']);
  expect(await found('package has openssl >= 3.0.15 and not package has bash')).toEqual(['db']);
  expect(await found('package has openssl contains "deb12U1"')).toEqual(['db', 'web']);
  expect(await membersOf(fleetId)).toEqual(['web']);
  expect((await admin.fleets.explain({ fleetId, hostId: web })).reasons).toEqual([
    {
      comparison: 'package has "openssl" < "3.0.15"',
      value: '3.0.9-1~deb12u1, 3.0.15-1~deb12u1',
      ...{ holds: true, decides: true },
    },
  ]);
  expect((await admin.fleets.explain({ fleetId, hostId: db })).reasons).toMatchObject([{ holds: false }]);
  const preview = await admin.fleets.preview({ fleetId, rule: 'package has bash' });
  expect(preview).toMatchObject({ total: 1, entering: { total: 0 }, leaving: { total: 0 } });

  await tell(web, 'packages', { openssl: '3.0.15-1~deb12u1', bash: '5.2' });
  await tell(db, 'packages', { openssl: '3.0.9' });
  expect(await membersOf(fleetId)).toEqual(['db']);
  // Who tells of none any more has none.
  expect(await agent(db).offerFacts({ hashes: {} })).toEqual({ wanted: [] });
  expect(await membersOf(fleetId)).toEqual([]);
  expect((await admin.facts.software({ name: 'openssl' })).hosts.map(({ fqdn }) => fqdn)).toEqual(['web']);
});

test('an upgrade is looked at by the rules that ask for what was upgraded, a first report by all that ask for any', async () => {
  const rules = { 'a, and b': 'package has a', b: 'package has b > 1', tags: 'tags has env' };
  for (const [name, rule] of Object.entries(rules)) await admin.fleets.create({ name, rule });
  await settleDue(services);
  /** Of which fleets the members are found anew: what is in none of them is put right where somebody looks. */
  const looked = async (facts: Facts) => {
    await tell(web, 'packages', facts);
    await services.db.delete(fleetHosts);
    await services.db.insert(fleetHosts).values((await allFleets()).map(({ id }) => wrong(id)));
    await settleDue(services);
    const left = await services.db
      .select({ fleetId: fleetHosts.fleetId })
      .from(fleetHosts)
      .where(eq(fleetHosts.how, 'listed'));
    const names = (await allFleets()).filter(({ id }) => !left.some(({ fleetId }) => fleetId === id));
    return names.map(({ name }) => name);
  };
  const allFleets = async () => (await admin.fleets.list({})).fleets;
  const wrong = (fleetId: string) => ({ fleetId, hostId: web, how: 'listed' as const });
  expect(await looked({ a: '1', b: '1' })).toEqual(['a, and b', 'b']);
  expect(await looked({ a: '1', b: '2' })).toEqual(['b']);
  expect(await looked({ b: '2' })).toEqual(['a, and b']);
  expect(await looked({ b: '2', c: '1' })).toEqual([]);
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`p${n}`, '1']));
  expect(await looked({ b: '2', c: '1', ...many }), 'more than is named').toEqual(['a, and b', 'b']);
});

test('a name with more versions than a set of another has numbers is asked of many hosts and of few alike', async () => {
  await services.db.execute(
    sql`insert into software (name, version) select 'app', n::text from generate_series(1, 5000) n`,
  );
  await services.db.execute(
    sql`insert into host_software select ${web}, array_agg(id) from software where version in ('7', '4000')`,
  );
  const { id: fleetId } = await admin.fleets.create({ name: 'App', rule: 'package has app > 3999' });
  expect(await membersOf(fleetId)).toEqual(['web']);
  expect(await found('package has app > 3999 and package has app <= 7 and not package has app = 8')).toEqual(['web']);
  expect((await admin.fleets.explain({ fleetId, hostId: web })).reasons).toMatchObject([
    { value: '7, 4000', holds: true },
  ]);
});

test('who sees some hosts is told by a package of those alone, whatever others have', async () => {
  const some = await personOn(services, { hostIds: [web], role: 'viewer' });
  const ask = async (filter: string) => {
    const { hosts: rows, total, isTotalExact } = await some.hosts.list({ filter });
    return { names: rows.map(({ fqdn }) => fqdn), total, isTotalExact };
  };
  const filters = ['package has openssl', 'not package has openssl', 'package has openssl < 3', 'reboot = required'];
  await tell(web, 'packages', { bash: '5' });
  const before = await Promise.all(filters.map(ask));
  await tell(db, 'packages', { openssl: '1' });
  await tell(db, 'reboot', { required: true });
  expect(await Promise.all(filters.map(ask))).toEqual(before);
  expect(before.map(({ names }) => names)).toEqual([[], ['web'], [], []]);
});
