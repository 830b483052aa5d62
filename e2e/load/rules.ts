/**
 * What rules cost the database. `node --import tsx e2e/load/rules.ts [HOSTS]` prints JSON: milliseconds for a thousand
 * hosts, the median of some rounds, on a PostgreSQL of its own and on PGlite. `bare`, the ceiling, is a count of the
 * same hosts whose condition looks at one column as it is.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { hosts } from '../../db/schema';
import { startTestPostgresql } from '../../db/testing-postgresql';
/* eslint-disable @typescript-eslint/no-restricted-imports -- what is measured */
import { seedManyHosts } from '../../server/hosts/testing';
import { ruleCondition } from '../../server/rules/rule-condition';
import { ruleOf } from '../../server/rules/rule-text';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { describeMachine } from './measure/describe-machine';
import { percentiles } from './measure/measure';

const HOSTS = Number(process.argv[2] ?? 10_000);
const ROUNDS = 7;

const joined = (n: number, part: (n: number) => string) => Array.from({ length: n }, (_, i) => part(i)).join(' or ');
/** No host has them, so that each comparison is made of each host. */
const RULES = {
  bare: 'platform = netbsd',
  oneVersion: 'os_version > 99',
  tenVersions: joined(10, (n) => `os_version > ${90 + n}`),
  hundredVersions: joined(100, (n) => `os_version > ${100 + n}`),
  oneAddress: 'address = 192.0.2.1',
  tenAddresses: joined(10, (n) => `address = 192.0.2.${n}`),
  hundredNetworks: `address in (${Array.from({ length: 100 }, (_, n) => `192.0.${n}.0/24`).join()})`,
};

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];

async function measure(url?: string) {
  const database = await openDatabase({ url, directory: folder });
  stops.push(() => database.close());
  await migrateUp(database);
  const { db } = database;
  await seedManyHosts(db, HOSTS);
  await db.execute(sql`vacuum analyze host`);
  const times = new Map<string, number[]>(Object.keys(RULES).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, rule] of Object.entries(RULES)) {
      const condition = ruleCondition(ruleOf(rule));
      const begun = performance.now();
      await db.execute(sql`select count(*) from ${hosts} where ${condition}`);
      times.get(name)!.push(((performance.now() - begun) * 1000) / HOSTS);
    }
  }
  return Object.fromEntries([...times].map(([name, all]) => [name, percentiles(all).p50]));
}

try {
  const postgresql = await startTestPostgresql();
  stops.push(() => postgresql.stop());
  const results = { postgresql: await measure(postgresql.url), pglite: await measure() };
  console.log(JSON.stringify({ benchmark: 'rules', machine: describeMachine(), hosts: HOSTS, results }, null, 2));
} finally {
  for (const stop of stops.reverse()) await stop();
}
