import { and, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Facts, FactSection } from '../../agent/protocol';
import type { Database, Transaction } from '../../db/client';
import { hostFactChanges, hostFacts, hosts } from '../../db/schema';
import { createTurns } from '../../db/turns';
import type { Config } from '../config';
import type { EventBus } from '../events';
import { findBeyond, forgetBeyond } from '../hosts/histories';
import { type Log, logFailure } from '../log';
import { type GroupCommit, Shed } from '../process/group-commit';
import { compareFacts } from './compare-facts';
import { forgetPackages, writeSoftware } from './write-software';

/** What one host told of one section. */
interface Report {
  hostId: string;
  section: FactSection;
  hash: string;
  facts: Facts;
  at: Date;
  /** Of the facts as they came, to bound what waits. */
  bytes: number;
}

/** The way in for facts. */
export interface FactWriter {
  /** Resolves when they are committed; rejects with `Shed` when too much waits already: then they are to come again. */
  add(report: Report): Promise<void>;
  /** Asks what is stored when its turn comes. Rejects with `Shed` when too many wait. */
  ask<T>(question: () => Promise<T>): Promise<T>;
}

/**
 * Machines that come back together all ask what is stored of them, and would take every connection to the database from
 * those that are only coming back.
 */
const ASKING = { atOnce: 4, mostWaiting: 50_000 };

/**
 * Some hundreds of full reports. The capacity of the writer counts rows, and one of these may be as large as 10,000.
 */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** Reports in one transaction, which holds their packages in memory at once. */
const IN_ONE = 16;

interface Making {
  db: Database;
  log: Log;
  events: EventBus;
  writer: GroupCommit;
  config: Pick<Config, 'history'>;
}

export function createFactWriter({ db, log, events, writer, config }: Making): FactWriter {
  let waiting = 0;
  const reports = writer.lane<Report>({
    // Of one host and section the newest counts.
    merge: { keyOf: ({ hostId, section }) => `${hostId} ${section}`, into: (_, newer) => newer },
    async commit(rows) {
      for (let i = 0; i < rows.length; i += IN_ONE) {
        const some = rows.slice(i, i + IN_ONE);
        const changed = await db.transaction((tx) => writeReports(tx, some, config.history.keep_rows));
        for (const hostId of changed) events.emit('host.changed', { hostId });
      }
    },
    onFailure: (error) => logFailure(log, 'facts of hosts were not written; trying again', error),
  });
  const asking = createTurns({
    perKey: () => ASKING.atOnce,
    mostWaiting: { perKey: ASKING.mostWaiting },
    crowded: () => new Shed('too many ask for what is stored of their facts'),
  });
  return {
    ask: (question) => asking.take('all', question),
    async add(report) {
      if (waiting + report.bytes > MAX_WAITING_BYTES) throw new Shed('too many facts wait');
      waiting += report.bytes;
      try {
        await reports.add(report);
      } finally {
        waiting -= report.bytes;
      }
    },
  };
}

/**
 * Keeps what is new, and what it was before. Hosts that are gone fall out. To write the same once more changes nothing,
 * as when a commit was not heard of.
 * @param keptChanges of one host, at most
 * @returns the hosts of which rules may read something else now
 */
async function writeReports(tx: Transaction, reports: Report[], keptChanges: number): Promise<string[]> {
  const ids = [...new Set(reports.map(({ hostId }) => hostId))].sort();
  // In the order of ids, as everybody locks hosts; nobody deletes them meanwhile.
  const there = await tx
    .select({ id: hosts.id })
    .from(hosts)
    .where(inArray(hosts.id, ids))
    .orderBy(hosts.id)
    .for('key share');
  const present = new Set(there.map(({ id }) => id));
  const stored = await tx
    .select()
    .from(hostFacts)
    .where(
      and(inArray(hostFacts.hostId, ids), inArray(hostFacts.section, [...new Set(reports.map((r) => r.section))])),
    );
  const known = new Map(stored.map((row) => [`${row.hostId} ${row.section}`, row]));
  const news = reports.filter(
    ({ hostId, section, hash }) => present.has(hostId) && known.get(`${hostId} ${section}`)?.hash !== hash,
  );
  if (news.length === 0) return [];
  const compared = news.map((report) => {
    const before = known.get(`${report.hostId} ${report.section}`);
    // All that a machine tells first would be a change of nothing.
    return { ...report, changed: before ? compareFacts(before.content, report.facts) : null };
  });
  let seq = 0;
  const changes = compared.flatMap(({ hostId, section, at, changed }) =>
    (changed ?? []).slice(0, keptChanges).map((change) => ({
      // The history is sorted by id.
      id: uuidv7({ msecs: at.getTime(), seq: seq++ }),
      hostId,
      at: at.toISOString(),
      section,
      ...change,
    })),
  );
  if (changes.length > 0) {
    await tx.execute(sql`
      insert into ${hostFactChanges} (id, host_id, at, section, name, before, after)
      select c.id, c."hostId", c.at, c.section, c.name, nullif(c.before, 'null')::text, nullif(c.after, 'null')::text
      from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
        as c(id uuid, "hostId" uuid, at timestamptz, section text, name text, before jsonb, after jsonb)`);
    // Not by a sweep alone: a machine that makes up facts would have its time to fill the disk of all.
    const changed = [...new Set(changes.map(({ hostId }) => hostId))];
    for (const hostId of await findBeyond(tx, hostFactChanges, changed, keptChanges))
      await forgetBeyond(tx, hostFactChanges, hostId, keptChanges);
  }
  await tx
    .insert(hostFacts)
    .values(
      news.map(({ hostId, section, hash, facts, at }) => ({ hostId, section, hash, content: facts, changedAt: at })),
    )
    .onConflictDoUpdate({
      target: [hostFacts.hostId, hostFacts.section],
      set: { hash: sql`excluded.hash`, content: sql`excluded.content`, changedAt: sql`excluded.changed_at` },
    });
  // What we say of a host whose facts changed is not what it said before. An update locks in no order of its own.
  const reboots = news.filter(({ section }) => section === 'reboot');
  const restarting = reboots.map(({ hostId }) => hostId);
  await tx
    .select({ id: hosts.id })
    .from(hosts)
    .where(and(inArray(hosts.id, ids), or(isNotNull(hosts.factsDigest), inArray(hosts.id, restarting))))
    .orderBy(hosts.id)
    .for('no key update');
  await tx
    .update(hosts)
    .set({ factsDigest: null })
    .where(
      and(
        inArray(
          hosts.id,
          news.map(({ hostId }) => hostId),
        ),
        isNotNull(hosts.factsDigest),
      ),
    );
  const packages = compared.filter(({ section }) => section === 'packages');
  await writeSoftware(tx, packages);
  return [...packages.map(({ hostId }) => hostId), ...(await writeReboots(tx, reboots))];
}

/** Where lists and rules read it. A machine may say what is neither. @returns the hosts of which it is another */
async function writeReboots(tx: Transaction, reports: Report[]): Promise<string[]> {
  if (reports.length === 0) return [];
  const told = reports.map(({ hostId, facts: { required } }) => ({
    hostId,
    reboot: typeof required === 'boolean' ? (required ? 'required' : 'not_required') : null,
  }));
  const { rows } = await tx.execute<{ id: string }>(sql`
    update ${hosts} set reboot = told.reboot
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as told("hostId" uuid, reboot text)
    where ${hosts.id} = told."hostId" and ${hosts.reboot} is distinct from told.reboot returning ${hosts.id}`);
  return rows.map(({ id }) => id);
}

/** What of a host's facts there is no more: it does not tell of it any longer. After the host's row is locked. */
export async function forgetSection(tx: Transaction, hostId: string, section: FactSection): Promise<void> {
  await tx.delete(hostFacts).where(and(eq(hostFacts.hostId, hostId), eq(hostFacts.section, section)));
  if (section === 'packages') await forgetPackages(tx, hostId);
  if (section === 'reboot') await tx.update(hosts).set({ reboot: null }).where(eq(hosts.id, hostId));
}
