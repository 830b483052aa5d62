import { and, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { hosts } from '../../db/schema';
import { isByClock } from './rule-metrics';
import { holdsFor } from './rule-scope';
import type { Rule } from './rule-schema';
import { type ChangedHealth, judgeHosts } from './write-health';

const DAY = 86_400;
/** No certificate of ours is valid for longer, and the database knows no moment that is much later. */
const MOST_DAYS = 36_500;

interface Looking {
  /** Unix milliseconds. */
  now: number;
  /** Hosts that are back, and whose row may not say so yet. */
  back: readonly string[];
}

/**
 * Finds what no sample tells, how long hosts are down and when certificates end, forgets what is found by rules that
 * hold no more, and makes every row say what its findings come to. All of it from rows, in a few statements for all
 * hosts: whichever process does it comes to the same, and however often.
 * @returns the hosts whose row has changed, and those that are silent
 */
export async function lookAtClock(
  db: Database,
  rules: readonly Rule[],
  { now, back }: Looking,
): Promise<{ changed: ChangedHealth[]; silent: Set<string> }> {
  const at = sql`to_timestamp(${now / 1000}::float8)`;
  const inForce = rules.filter(({ isEnabled }) => isEnabled);
  return db.transaction(async (tx) => {
    await forgetFindings(tx, rules, inForce);
    for (const rule of inForce) {
      if (rule.metric === 'silence') await findSilent(tx, rule, { at, back, where: holdsFor(rule, rules) });
      else if (isByClock(rule.metric)) await findEnding(tx, rule, { at, where: holdsFor(rule, rules) });
    }
    const silence = inForce.filter(({ metric }) => metric === 'silence').map(({ id }) => id);
    const { rows } = await tx.execute<{ id: string }>(sql`
      select host_id as id from health_finding where rule_id = any(${sql.param(silence)}::uuid[])`);
    const changed = await judgeHosts(
      tx,
      rules,
      sql`select host.id, host.health, ${at} as at, array[]::text[] as stale from host
        where host.id in (select id from host where health <> 'ok' union select host_id from health_finding)`,
    );
    return { changed, silent: new Set(rows.map(({ id }) => id)) };
  });
}

/** What was found by a rule that is gone or off, or holds for other hosts now. */
async function forgetFindings(tx: Transaction, rules: readonly Rule[], inForce: readonly Rule[]): Promise<void> {
  const ids = inForce.map(({ id }) => id);
  await tx.execute(sql`delete from health_finding f where f.rule_id <> all(${sql.param(ids)}::uuid[])`);
  for (const rule of inForce) {
    const where = holdsFor(rule, rules);
    if (where)
      await tx.execute(sql`
        delete from health_finding f using host where f.rule_id = ${rule.id} and host.id = f.host_id and not (${where})`);
  }
}

interface Finding {
  at: SQL;
  /** Of `host`. */
  where: SQL | undefined;
}

/** In seconds since it went down. */
async function findSilent(
  tx: Transaction,
  { id, threshold, back: backAt, forSeconds }: Rule,
  { at, where, back }: Finding & Pick<Looking, 'back'>,
): Promise<void> {
  const silent = sql`extract(epoch from ${at} - p.since)::float8`;
  await tx.execute(sql`
    delete from health_finding f where f.rule_id = ${id} and (f.host_id = any(${sql.param(back)}::uuid[]) or not exists (
      select from host_presence p where p.host_id = f.host_id and p.state = 'down' and ${silent} > ${backAt}::float8))`);
  await tx.execute(sql`
    insert into health_finding (host_id, rule_id, label, since, value)
    select host.id, ${id}, '', ${at}, ${silent}
    from host join host_presence p on p.host_id = host.id
    where host.approval = 'approved' and host.state = 'down' and p.state = 'down' and ${silent} > ${threshold}::float8
      and ${silent} >= ${threshold + forSeconds}::float8 and host.id <> all(${sql.param(back)}::uuid[])
      and ${where ?? sql`true`}
      and not exists (select from health_finding f where f.host_id = host.id and f.rule_id = ${id})
    order by host.id
    on conflict do nothing`);
}

/** In days until the certificate ends. */
async function findEnding(
  tx: Transaction,
  { id, threshold, back, forSeconds }: Rule,
  { at, where }: Finding,
): Promise<void> {
  const bounded = (days: number) => Math.max(-MOST_DAYS, Math.min(MOST_DAYS, days));
  const after = (days: number, seconds = 0) =>
    sql`${at} + make_interval(secs => ${bounded(days) * DAY - seconds}::float8)`;
  await tx.execute(sql`
    delete from health_finding f where f.rule_id = ${id} and not exists (
      select from host where host.id = f.host_id and ${hosts.certificateEnds} < ${after(back)})`);
  await tx.execute(sql`
    insert into health_finding (host_id, rule_id, label, since, value)
    select host.id, ${id}, '', ${at}, extract(epoch from ${hosts.certificateEnds} - ${at})::float8 / ${DAY}::int
    from host
    where ${and(sql`host.approval = 'approved'`, sql`${hosts.certificateEnds} < ${after(threshold, forSeconds)}`, where)}
      and not exists (select from health_finding f where f.host_id = host.id and f.rule_id = ${id})
    order by host.id
    on conflict do nothing`);
}
