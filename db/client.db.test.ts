import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { hosts, users } from './schema';
import { testDatabase } from './testing';

test('each test has an empty database of its own', async () => {
  const first = await testDatabase();
  const second = await testDatabase();
  await first.db.insert(users).values({ email: 'a@example.org', passwordHash: 'x', role: 'administrator' });
  expect(await second.db.select().from(users)).toEqual([]);
  await first.close();
  await second.close();
  const third = await testDatabase();
  expect(await third.db.select().from(users)).toEqual([]);
  await third.close();
});

test('a transaction that throws leaves nothing', async () => {
  const { db, close } = await testDatabase();
  const attempt = db.transaction(async (tx) => {
    await tx.insert(users).values({ email: 'a@example.org', passwordHash: 'x', role: 'administrator' });
    throw new Error('changed my mind');
  });
  await expect(attempt).rejects.toThrow('changed my mind');
  expect(await db.select().from(users)).toEqual([]);
  await close();
});

test('instants, JSON and raw rows read the same on both databases', async () => {
  const { db, close } = await testDatabase();
  const at = new Date('2026-03-29T01:30:00.123Z');
  await db
    .insert(hosts)
    .values({
      fqdn: 'web-01.example.org',
      platform: 'linux',
      approval: 'pending',
      keyFingerprint: 'key',
      fingerprintWords: 'words',
      osName: 'Debian',
      osVersion: '13',
      agentVersion: '1',
      addresses: ['192.0.2.1', '2001:db8::1'],
      registeredFrom: '192.0.2.1',
      registeredAt: at,
    });
  const [host] = await db.select().from(hosts);
  expect(host).toMatchObject({
    registeredAt: at,
    addresses: ['192.0.2.1', '2001:db8::1'],
    bootedAt: null,
    hardware: null,
  });
  const { rows } = await db.execute<{ fqdn: string; total: number }>(
    sql`select fqdn, count(*)::int as total from host group by fqdn`,
  );
  expect(rows).toEqual([{ fqdn: 'web-01.example.org', total: 1 }]);
  await close();
});
