import fc from 'fast-check';
import { asc, sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { registration } from '../../agent/protocol';
import { certificates, hosts } from '../../db/schema';
import { testDatabase } from '../../db/testing';
import { writeSoftware } from '../facts/write-software';
import { seedHosts } from '../hosts/testing';
import { fields } from './fields';
import { columnsOf } from './rule';
import { type Asked, ruleCondition } from './rule-condition';
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
    wanted.map(({ hoursLeft: _hoursLeft, packages: _packages, ...host }, i) => ({
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
  await db.transaction((tx) =>
    writeSoftware(
      tx,
      wanted.map(({ packages }, i) => ({ hostId: ids[i]!, facts: factsOf(packages), changed: null })),
    ),
  );
  const packages = new Map(wanted.map(({ packages }, i) => [ids[i], packages]));
  const stored = await db.select().from(hosts).orderBy(asc(hosts.id));
  const rows = stored.map((host) => ({ ...host, packages: packages.get(host.id)! }));
  let telling = 0;
  for (const rule of fc.sample(rules, 200)) {
    const ask = (asked: Asked) =>
      db
        .select({ id: hosts.id, holds: sql<boolean>`${ruleCondition(rule, asked)}` })
        .from(hosts)
        .orderBy(asc(hosts.id));
    const said = await ask('many');
    expect(said, writeRule(rule)).toEqual(rows.map((host) => ({ id: host.id, holds: evaluate(rule, host, now) })));
    // Of others it is the same question.
    if (columnsOf(rule, fields).some((read) => read.startsWith('package:')))
      expect(await ask('few'), writeRule(rule)).toEqual(said);
    if (new Set(said.map(({ holds }) => holds)).size === 2) telling++;
  }
  // What is true of all hosts or of none compares little.
  expect(telling).toBeGreaterThan(40);
}, 60_000);

/** As an agent tells them: the versions of a name with commas between them. */
function factsOf(packages: [name: string, version: string][]): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const [name, version] of packages) facts[name] = facts[name] ? `${facts[name]}, ${version}` : version;
  return facts;
}

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
