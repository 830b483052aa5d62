/**
 * How large the embedded database becomes in a year. `node --import tsx e2e/load/embedded-year.ts [HOSTS]` prints JSON.
 *
 * HOSTS hosts measure each half minute for a month, in the server's own embedded database, and all levels are made of
 * that. `folderMiB`: what its folder takes before, and then; WAL is in it. `bytesPerHostDay` of each table, with its
 * indexes, times the days that it keeps, for 50 hosts, is `yearMiB`; `rest` is the folder without any sample, and what
 * WAL has added to it meanwhile. A partition goes when all of it is old enough: each table keeps a partition more.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
/* eslint-disable @typescript-eslint/no-restricted-imports -- what is measured, without the connections around it */
import { seedHosts } from '../../server/hosts/testing';
import { type Partitioned, PARTITIONED } from '../../server/metrics/partitions';
import { rollUp } from '../../server/metrics/roll-up';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { describeMachine } from './measure/describe-machine';
import { makeSamples } from './servers/make-samples';

const HOSTS = Number(process.argv[2] ?? 3);
const FLEET = 50;
const DAYS = 30;
const DAY = 86_400;
const WANTED_MIB = 2048;
const MIB = 2 ** 20;
/** Days that each level is kept by default (docs/settings.md); of hours those of the year that is asked for. */
const KEPT: Record<Partitioned, number> = { metric_sample: 1, metric_1m: 7, metric_10m: 30, metric_1h: 365 };
/** Seconds since 1970, at the beginning of a day. */
const END = Math.floor(Date.now() / 1000 / DAY) * DAY;

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const database = await openDatabase({ directory: folder });
try {
  await migrateUp(database);
  const { db } = database;
  const names = Array.from({ length: HOSTS }, (_, i) => ({
    keyFingerprint: `key ${i}`,
    fqdn: `host-${i}.example.com`,
  }));
  const ids = await seedHosts(db, names);
  await db.execute(sql`checkpoint`);
  const before = await sizeOf(folder);
  await makeSamples(db, ids, { from: END - DAYS * DAY, to: END });
  await rollUp(db, { now: (END + DAY) * 1000 });
  await db.execute(sql`vacuum`);
  await db.execute(sql`checkpoint`);
  const after = await sizeOf(folder);
  const perHostDay = {} as Record<Partitioned, number>;
  for (const table of Object.keys(PARTITIONED) as Partitioned[]) {
    const { rows } = await db.execute<{ bytes: number }>(sql`
      select sum(pg_total_relation_size(inhrelid))::float8 as bytes from pg_inherits where inhparent = ${table}::regclass`);
    perHostDay[table] = rows[0]!.bytes / HOSTS / DAYS;
  }
  const year = Object.entries(perHostDay).map(([table, bytes]) => {
    const kept = KEPT[table as Partitioned] + PARTITIONED[table as Partitioned].width / DAY;
    return [table, bytes * kept * FLEET] as [string, number];
  });
  const rest = after - Object.values(perHostDay).reduce((sum, bytes) => sum + bytes * HOSTS * DAYS, 0);
  const total = rest + year.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(
    JSON.stringify(
      {
        ...{ benchmark: 'embedded-year', machine: describeMachine(), hosts: HOSTS, days: DAYS },
        folderMiB: { before: inMiB(before), after: inMiB(after) },
        bytesPerHostDay: Object.fromEntries(
          Object.entries(perHostDay).map(([table, bytes]) => [table, Math.round(bytes)]),
        ),
        wantedMiB: WANTED_MIB,
        yearMiB: Object.fromEntries(
          [...year, ['rest', rest] as const, ['all', total] as const].map(([of, bytes]) => [of, inMiB(bytes)]),
        ),
      },
      null,
      2,
    ),
  );
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

/** Bytes of all files in a folder. */
async function sizeOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => stat(join(file.parentPath, file.name))),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

function inMiB(bytes: number): number {
  return Math.round(bytes / MIB);
}
