import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../../db/client';
import journal from '../../db/migrations/meta/_journal.json';
import { migrateDown, migrateUp } from '../../db/migrate';
import { certificates, clones, hostPresence, hosts } from '../../db/schema';
import { testDatabase, type TestDatabase } from '../../db/testing';
import { seedHosts } from './testing';

// What `host` repeats of other tables is whatever they say, however they came to say it.

let database: TestDatabase;
let db: Database;
let hostId: string;

beforeEach(async () => {
  database = await testDatabase();
  db = database.db;
  [hostId] = (await seedHosts(db, [{ keyFingerprint: 'present' }])) as [string];
  return () => database.close();
});

/** What the host's row says, and beside it what the other tables say. */
async function read() {
  const [row] = await db
    .select({ state: hosts.state, lastSeen: hosts.lastSeen, ends: hosts.certificateEnds, isCloned: hosts.hasOpenClone })
    .from(hosts)
    .where(eq(hosts.id, hostId));
  const text = (instant: string) => (instant.endsWith('infinity') ? instant : new Date(instant).toISOString());
  return { ...row!, lastSeen: text(row!.lastSeen), ends: text(row!.ends) };
}

const at = (day: number) => new Date(Date.UTC(2026, 0, day, 1, 2, 3, 456));
const certificate = (serial: string, keyFingerprint: string, notAfter: Date) => ({
  ...{ serial, hostId, keyFingerprint, notAfter },
  ...{ fingerprint: '-', pem: '-', notBefore: at(1) },
});
const side = { id: 'a', address: '192.0.2.7', connectedAt: at(1).toISOString() };

test('a host that is there was last seen after all others, one that was never there before them', async () => {
  expect(await read()).toMatchObject({ state: 'never', lastSeen: '-infinity' });
  await db.insert(hostPresence).values({ hostId, state: 'up', since: at(2), lastSeen: at(2) });
  expect(await read()).toMatchObject({ state: 'up', lastSeen: 'infinity' });
  await db.update(hostPresence).set({ state: 'down', lastSeen: at(3) });
  expect(await read()).toMatchObject({ state: 'down', lastSeen: at(3).toISOString() });
  await db.update(hosts).set({ approval: 'revoked' });
  expect(await read()).toMatchObject({ state: 'revoked' });
  await db.delete(hostPresence);
  expect(await read()).toMatchObject({ lastSeen: '-infinity' });
});

test('a heartbeat of one that is up writes nothing into its row', async () => {
  await db.insert(hostPresence).values({ hostId, state: 'up', since: at(2), lastSeen: at(2) });
  const version = async () => (await db.execute(sql`select xmin::text, ctid::text from host`)).rows;
  const before = await version();
  await db.update(hostPresence).set({ lastSeen: at(3) });
  expect(await version()).toEqual(before);
});

test('the end is that of the latest certificate of the present key that counts', async () => {
  expect(await read()).toMatchObject({ ends: 'infinity' });
  await db
    .insert(certificates)
    .values([
      certificate('A', 'present', at(10)),
      certificate('B', 'present', at(20)),
      certificate('C', 'next', at(30)),
    ]);
  expect(await read()).toMatchObject({ ends: at(20).toISOString() });
  await db
    .update(certificates)
    .set({ revokedAt: at(5) })
    .where(eq(certificates.serial, 'B'));
  expect(await read()).toMatchObject({ ends: at(10).toISOString() });
  await db.update(hosts).set({ keyFingerprint: 'next' });
  expect(await read()).toMatchObject({ ends: at(30).toISOString() });
  await db.update(certificates).set({ revokedAt: at(6) });
  expect(await read()).toMatchObject({ ends: 'infinity' });
});

test('a clone is open until somebody has decided', async () => {
  await db.insert(clones).values({ hostId, first: side, second: side });
  expect(await read()).toMatchObject({ isCloned: true });
  await db.update(clones).set({ resolvedAt: at(2), resolution: 'dismissed' });
  expect(await read()).toMatchObject({ isCloned: false });
  await db.insert(clones).values({ hostId, first: side, second: side });
  expect(await read()).toMatchObject({ isCloned: true });
  await db.delete(clones);
  expect(await read()).toMatchObject({ isCloned: false });
});

test('what a database held before these columns is in them afterwards, and goes back', async () => {
  await db.insert(hostPresence).values({ hostId, state: 'down', since: at(2), lastSeen: at(2) });
  await db.insert(certificates).values(certificate('A', 'present', at(10)));
  await db.insert(clones).values({ hostId, first: side, second: side });
  const before = await read();
  expect(before).toEqual({ state: 'down', lastSeen: at(2).toISOString(), ends: at(10).toISOString(), isCloned: true });
  const wanted = sql`select csr, enrolment_id from host`;
  await migrateDown(database, journal.entries.filter(({ tag }) => tag >= '0012').length);
  try {
    expect((await db.execute(wanted)).rows).toEqual([{ csr: '-', enrolment_id: null }]);
  } finally {
    // Other files of this worker go on with the same database.
    await migrateUp(database);
  }
  expect(await read()).toEqual(before);
  expect((await db.execute(sql`select csr, enrolment_id from host_enrolment`)).rows).toEqual([
    { csr: '-', enrolment_id: null },
  ]);
});
