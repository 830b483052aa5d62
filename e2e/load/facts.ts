/**
 * What facts cost. `node --import tsx e2e/load/facts.ts [HOSTS] [PACKAGES]` prints JSON; Linux only. The database is a
 * PostgreSQL of its own.
 *
 * `agent`: processor time of reading and packing a list of 3,000 packages, and its bytes on the wire. `report`: of
 * taking such a list in, the first one and one in which ten have changed, by the writer that servers have. `software`:
 * which hosts have a package, with HOSTS hosts of PACKAGES packages; `bare`, the ceiling, is a page of hosts by their
 * names through `pg` alone, by turns. `together`: 1,000 hosts that tell of the same 500 packages at once, how long
 * and in how many statements until all of it is committed; `bare` is one insert of as many rows of the same size.
 * `sweep`: looking for names that no host has, where all have one, and where half of them have none.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import pg from 'pg';
/* eslint-disable @typescript-eslint/no-restricted-imports -- what is measured, without the connection around it */
import { parseDpkgStatus } from '../../agent/collect/facts/parse-packages';
import { loadConfig } from '../../server/config';
import { createEventBus } from '../../server/events';
import { createFactWriter } from '../../server/facts/fact-writer';
import { forgetSoftware } from '../../server/facts/forget-software';
import { findSoftware } from '../../server/facts/find-software';
import { hashFacts } from '../../server/facts/unpack-facts';
import { seedManyHosts } from '../../server/hosts/testing';
import { SERVER_ITSELF } from '../../server/hosts/visible-hosts';
import { createGroupCommit } from '../../server/process/group-commit';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { describeMachine } from './measure/describe-machine';
import { percentiles } from './measure/measure';

const HOSTS = Number(process.argv[2] ?? 10_000);
const PACKAGES = Number(process.argv[3] ?? 500);
const ROUNDS = 40;
const LIST = 3000;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const timed = async (act: () => Promise<unknown>) => {
  const begun = performance.now();
  await act();
  return Math.round(performance.now() - begun);
};
let statements = 0;
const per = (before: number, n: number) => Number(((cpuMs() - before) / n).toFixed(2));

/** Names and versions as unlike each other as Debian's. */
const named = (n: number, salt = 0) =>
  Object.fromEntries(
    Array.from({ length: n }, (_, i) => [
      `lib${((i * 2_654_435_761) % 1e9).toString(36)}-${i % 7}`,
      `${i % 9}.${(i * 31) % 97}.${i % 13}-${i % 4}+deb12u${(i + salt) % 9}`,
    ]),
  );

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const status = Object.entries(named(LIST))
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nVersion: ${version}\nDepends: libc6 (>= 2.34), libgcc-s1\nDescription: a package\n ${'It does what it does. '.repeat(20)}\n`,
    )
    .join('\n');
  const before = cpuMs();
  let sent = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const facts = Object.fromEntries(parseDpkgStatus(status, 'amd64'));
    hashFacts(facts);
    sent = gzipSync(JSON.stringify(facts)).toString('base64').length;
  }
  const agent = { cpuMs: per(before, ROUNDS), sentBytes: sent, jsonBytes: JSON.stringify(named(LIST)).length };

  const postgresql = await startTestPostgresql();
  stops.push(() => postgresql.stop());
  const database = await openDatabase({ url: postgresql.url, directory: folder, onQuery: () => statements++ });
  stops.push(() => database.close());
  await migrateUp(database);
  const { db } = database;
  await seedManyHosts(db, HOSTS);
  const writer = createGroupCommit();
  stops.push(() => writer.stop());
  const log = { error: console.error, warn: console.error } as never;
  const facts = createFactWriter({ db, log, events: createEventBus(), writer, config: loadConfig([], {}) });
  const { rows: ids } = await db.execute<{ id: string }>(sql`select id from host order by id limit ${ROUNDS}`);
  const report = async (salt: number) => {
    const began = cpuMs();
    for (const { id } of ids) {
      const list = { ...named(LIST), ...named(10, salt) };
      await facts.add({
        hostId: id,
        section: 'packages',
        hash: hashFacts(list),
        facts: list,
        at: new Date(),
        bytes: 1,
      });
    }
    return per(began, ids.length);
  };
  const taken = { firstCpuMs: await report(0), changedCpuMs: await report(1) };

  // Nine versions of each package, by host.
  await db.execute(sql`
    insert into software (name, version)
    select 'package-' || p, '1.' || v from generate_series(1, ${PACKAGES}::int) p, generate_series(0, 8) v`);
  await db.execute(sql`
    insert into host_software (host_id, software_ids)
    select h.id, array_agg(s.id order by s.id) from (select id, row_number() over (order by id)::int as n from host) h
    join (select p, v, 'package-' || p as name, '1.' || v as version from generate_series(1, ${PACKAGES}::int) p, generate_series(0, 8) v) w
      on w.v = (h.n * 7 + w.p) % 9
    join software s using (name, version)
    group by h.id on conflict (host_id) do update set software_ids = excluded.software_ids`);
  await db.execute(sql`vacuum analyze host_software`);
  await db.execute(sql`vacuum analyze software`);
  const sweep = { allUsedMs: await timed(() => forgetSoftware(db)), halfUsedMs: 0 };
  await db.execute(sql`
    insert into software (name, version) select 'unused-' || n, '1' from generate_series(1, ${PACKAGES * 9}::int) n`);
  sweep.halfUsedMs = await timed(() => forgetSoftware(db));

  const bare = new pg.Client({ connectionString: postgresql.url });
  await bare.connect();
  stops.push(() => bare.end());
  const times: number[] = [];
  const ceiling: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const name = `package-${1 + ((i * 37) % PACKAGES)}`;
    let clock = performance.now();
    const found = await findSoftware({ db, ...SERVER_ITSELF }, { name, limit: 50 });
    times.push(performance.now() - clock);
    if (found.versions.reduce((sum, { hosts }) => sum + hosts, 0) !== HOSTS)
      throw new Error('not every host was found');
    clock = performance.now();
    await bare.query('select id, fqdn from host order by fqdn, id limit 51');
    ceiling.push(performance.now() - clock);
  }
  const { rows: many } = await db.execute<{ id: string }>(
    sql`select id from host order by id desc limit ${Math.min(HOSTS, 1000)}`,
  );
  const list = named(500);
  statements = 0;
  const togetherMs = await timed(() =>
    Promise.all(
      many.map(({ id: hostId }) =>
        facts.add({ hostId, section: 'packages', hash: hashFacts(list), facts: list, at: new Date(), bytes: 1 }),
      ),
    ),
  );
  const together = { hosts: many.length, ms: togetherMs, statements, bareMs: 0 };
  await db.execute(sql`create table bare (host_id uuid primary key, content jsonb)`);
  together.bareMs = await timed(() =>
    db.execute(sql`
      insert into bare select id, ${JSON.stringify(list)}::jsonb from host order by id desc limit ${many.length}`),
  );
  const { rows: size } = await db.execute<{ bytes: string }>(
    sql`select pg_total_relation_size('host_software') as bytes`,
  );
  const results = {
    agent,
    report: taken,
    together,
    sweep,
    software: { ...percentiles(times), bare: percentiles(ceiling), bytes: Number(size[0]!.bytes) },
  };
  const wanted = { agentCpuMs: 20, softwareP95: 200 };
  console.log(
    JSON.stringify(
      { benchmark: 'facts', machine: describeMachine(), hosts: HOSTS, packages: PACKAGES, wanted, results },
      null,
      2,
    ),
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}
