import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { type Facts, type FactSection } from '../../agent/protocol';
import { migrateDown, migrateUp } from '../../db/migrate';
import { hostFacts, hosts } from '../../db/schema';
import { testDatabase } from '../../db/testing';
import { agentOf } from '../agents/testing';
import { settleDue } from '../fleets/settle-due';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, testServices } from '../testing';
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
    await database.db.insert(hostFacts).values(
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
