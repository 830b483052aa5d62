import fc from 'fast-check';
import { asc, sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { registration } from '../../agent/protocol';
import { certificates, hosts } from '../../db/schema';
import { testDatabase } from '../../db/testing';
import { seedHosts } from '../hosts/testing';
import { ruleCondition } from './rule-condition';
import { evaluate, rules, someHosts } from './testing';
import { writeRule } from './write-rule';

async function database() {
  const { db, close } = await testDatabase();
  onTestFinished(close);
  return db;
}

test('the database says of each host what a plain evaluator says', async () => {
  const db = await database();
  const wanted = fc.sample(someHosts, 120);
  const now = new Date();
  // Approved hosts have a name each.
  const ids = await seedHosts(
    db,
    wanted.map(({ hoursLeft: _hoursLeft, ...host }, i) => ({
      ...host,
      fqdn: ['web', 'web-01', 'db'][i] ?? `web-${i}`,
    })),
  );
  await db.insert(certificates).values(
    wanted.flatMap(({ hoursLeft }, i) => {
      if (hoursLeft === null) return [];
      const notAfter = new Date(now.getTime() + hoursLeft * 3_600_000);
      const names = { serial: String(i), hostId: ids[i]!, keyFingerprint: `key ${i}`, fingerprint: '-', pem: '-' };
      return [{ ...names, notBefore: new Date(0), notAfter }];
    }),
  );
  const rows = await db.select().from(hosts).orderBy(asc(hosts.id));
  let telling = 0;
  for (const rule of fc.sample(rules, 200)) {
    const said = await db
      .select({ id: hosts.id, holds: sql<boolean>`${ruleCondition(rule)}` })
      .from(hosts)
      .orderBy(asc(hosts.id));
    expect(said, writeRule(rule)).toEqual(rows.map((host) => ({ id: host.id, holds: evaluate(rule, host, now) })));
    if (new Set(said.map(({ holds }) => holds)).size === 2) telling++;
  }
  // What is true of all hosts or of none compares little.
  expect(telling).toBeGreaterThan(40);
});

test('every address that a machine may say is one to the database', async () => {
  const db = await database();
  const pieces = fc.array(fc.constantFrom(...'0123456789abcdefF:.%/ g', '::', '192.0.2.7', 'ffff'), { maxLength: 12 });
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6(),
    pieces.map((all) => all.join('')),
  );
  const accepted = fc.sample(texts, 5000).filter((text) => registration.shape.addresses.safeParse([text]).success);
  expect(accepted.length).toBeGreaterThan(500);
  const { rows } = await db.execute(
    sql`select text::inet from jsonb_array_elements_text(${JSON.stringify(accepted)}::jsonb) text`,
  );
  expect(rows).toHaveLength(accepted.length);
});
