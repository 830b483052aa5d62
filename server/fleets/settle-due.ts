import { and, asc, eq, gt, inArray, isNotNull, lte, not, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { troubleOf } from '../../db/errors';
import { fleetDue, fleetMembersVersion, fleets, hosts } from '../../db/schema';
import { wakeMoved } from '../configuration/wake-hosts';
import { logFailure } from '../log';
import { isReadOf, readsPackages } from '../rules/packages';
import { ruleOf } from '../rules/rule-text';
import type { Services } from '../services';
import { type Moved, type Ruled, settleAlone, settleMembers, type SomeHosts } from './settle-members';

/** Hosts of a changed rule that are looked at in one transaction: others who settle wait for no more than these. */
const HOSTS_AT_ONCE = 5000;
/** Of hosts that changed, which all rules that read it are asked about. */
const DUE_AT_ONCE = 1000;
/**
 * What people say, by the columns that it changes. It gives and takes sight and rights, and a network that comes back
 * makes as many hosts due as are behind it: what a person changed is looked at before the next part of those.
 */
const SAID = sql`${fleetDue.columns} && '{tags,approval,fqdn}'`;
/** Up to so many, to look at what each has installed is less than to find all hosts that have a package. */
const FEW_HOSTS = 200;
/** And by one statement, of the rules that read what changed. */
const RULES_AT_ONCE = 100;
/** Where each keeps all hosts that have a package, megabytes of 100,000. */
const PACKAGE_RULES_AT_ONCE = 10;

type Needs = Pick<Services, 'db' | 'events' | 'log'>;

/**
 * Brings all fleets up to date: of hosts that changed, and of rules that did. What fails is still due; one fleet that
 * does holds up none of the others.
 */
export async function settleDue(services: Needs): Promise<void> {
  while (await settleChangedHosts(services));
  for (const { id } of await services.db.select({ id: fleets.id }).from(fleets).where(not(fleets.isSettled)))
    await settleFleet(services, id).catch((error: unknown) => logUnsettled(services, id, error));
}

/** Throws what is not the fleet's own fault. */
function logUnsettled({ log }: Needs, fleetId: string, error: unknown): void {
  if (troubleOf(error)) throw error;
  logFailure(log, `the members of fleet ${fleetId} could not be settled; trying again`, error);
}

/** Whether anything is due, and what `findMembersVersion` says: one look, for who asks often. */
export async function lookForDue(db: Database): Promise<{ isDue: boolean; version: string }> {
  const { rows } = await db.execute<{ due: boolean; version: string | null }>(sql`
    select exists (select from ${fleetDue}) or exists (select from ${fleets} where not ${fleets.isSettled}) as due,
      (select ${fleetMembersVersion.version}::text from ${fleetMembersVersion}) as version`);
  const [{ due, version }] = rows as [(typeof rows)[number]];
  return { isDue: due, version: version ?? '0' };
}

/** What people said, and one part of all else. @returns whether there may be more */
async function settleChangedHosts(services: Needs): Promise<boolean> {
  const isSaidFull = await settleFirst(services, SAID);
  return (await settleFirst(services)) || isSaidFull;
}

/** @returns whether there may be more */
async function settleFirst(services: Needs, which?: SQL): Promise<boolean> {
  const { isFull, moved } = await services.db.transaction(async (tx) => {
    await settleAlone(tx);
    const first = tx
      .select({ id: fleetDue.id })
      .from(fleetDue)
      .where(which)
      .orderBy(asc(fleetDue.id))
      .limit(DUE_AT_ONCE);
    const due = await tx.delete(fleetDue).where(inArray(fleetDue.id, first)).returning();
    const moved: Moved[] = [];
    if (due.length === 0) return { isFull: false, moved };
    const all = await tx.select().from(fleets);
    for (const { columns, hostIds } of byColumns(due)) {
      const reading = all.filter(({ reads }) => columns === null || isReadOf(reads, columns));
      const isOfPackages = oneOf(hostIds).asked === 'many' && reading.some(({ reads }) => readsPackages(reads));
      const atOnce = isOfPackages ? PACKAGE_RULES_AT_ONCE : RULES_AT_ONCE;
      for (let i = 0; i < reading.length; i += atOnce)
        moved.push(...(await settleEach(services, tx, reading.slice(i, i + atOnce), hostIds)));
    }
    return { isFull: due.length === DUE_AT_ONCE, moved };
  });
  await tell(services, moved);
  return isFull;
}

/** All by one statement, or else each by its own. A fleet that cannot be settled is due as a whole. */
async function settleEach(
  services: Needs,
  tx: Transaction,
  reading: readonly Fleet[],
  hostIds: string[],
): Promise<Moved[]> {
  try {
    return await tx.transaction((step) => settleMembers(step, reading.map(ruled), oneOf(hostIds)));
  } catch (error) {
    if (reading.length === 1) {
      const [{ id }] = reading as [Fleet];
      logUnsettled(services, id, error);
      await tx.update(fleets).set({ isSettled: false }).where(eq(fleets.id, id));
      return [];
    }
    if (troubleOf(error)) throw error;
    const moved: Moved[] = [];
    for (const fleet of reading) moved.push(...(await settleEach(services, tx, [fleet], hostIds)));
    return moved;
  }
}

/** What changed in many is looked at together where it is the same that changed. */
function byColumns(due: { hostId: string; columns: string[] | null }[]) {
  const groups = new Map<string, { columns: string[] | null; hostIds: Set<string> }>();
  for (const { hostId, columns } of due) {
    const key = JSON.stringify(columns);
    const group = groups.get(key) ?? { columns, hostIds: new Set() };
    groups.set(key, group);
    group.hostIds.add(hostId);
  }
  return [...groups.values()].map(({ columns, hostIds }) => ({ columns, hostIds: [...hostIds] }));
}

/**
 * All members of a fleet whose rule changed, a part of the hosts at a time: hosts that change meanwhile have their turn
 * in between, and wait for no more than a part.
 */
export async function settleFleet(services: Needs, fleetId: string): Promise<void> {
  const { db } = services;
  let rule: string | null | undefined;
  for (let after: string | null = null; ;) {
    const from: string | null = after;
    const part = await db.transaction(async (tx) => {
      await settleAlone(tx);
      const [fleet] = await tx.select().from(fleets).where(eq(fleets.id, fleetId));
      if (!fleet) return null;
      // Changed meanwhile: what is settled already may be wrong again.
      const isAgain = rule !== undefined && fleet.rule !== rule;
      rule = fleet.rule;
      const start = isAgain ? null : from;
      const end = await endOfPart(tx, start);
      const moved = await settleMembers(tx, [ruled(fleet)], between(start, end));
      return { moved, end, isDone: end === null && (await markSettled(tx, fleet)) };
    });
    await tell(services, part?.moved ?? []);
    if (!part || part.isDone) return;
    after = part.end;
    while (await settleChangedHosts(services));
  }
}

/** Whether it is settled: not when its rule is another since it was read, which nobody waits for us to change. */
async function markSettled(tx: Transaction, { id, rule }: Pick<Fleet, 'id' | 'rule'>): Promise<boolean> {
  const marked = await tx
    .update(fleets)
    .set({ isSettled: true })
    .where(and(eq(fleets.id, id), sql`${fleets.rule} is not distinct from ${rule}`))
    .returning({ id: fleets.id });
  return marked.length > 0;
}

/** The id of the last host of the next part; null when it is the last part. */
async function endOfPart(tx: Transaction, start: string | null): Promise<string | null> {
  const [last] = await tx
    .select({ id: hosts.id })
    .from(hosts)
    .where(start === null ? undefined : gt(hosts.id, start))
    .orderBy(asc(hosts.id))
    .offset(HOSTS_AT_ONCE - 1)
    .limit(1);
  return last?.id ?? null;
}

type Fleet = typeof fleets.$inferSelect;

export const ruled = ({ id, rule }: Fleet): Ruled => ({ id, rule: rule === null ? null : ruleOf(rule) });

export const oneOf = (hostIds: string[]): SomeHosts => ({
  areIn: (hostId) =>
    sql`${hostId} in (select changed.id::uuid from jsonb_array_elements_text(${JSON.stringify(hostIds)}::jsonb) changed (id))`,
  asked: hostIds.length <= FEW_HOSTS ? 'few' : 'many',
});

const between = (start: string | null, end: string | null): SomeHosts => ({
  areIn: (hostId) =>
    and(
      start === null ? isNotNull(hostId) : gt(hostId, sql`${start}::uuid`),
      end === null ? undefined : lte(hostId, sql`${end}::uuid`),
    )!,
  asked: 'many',
});

/** After the commit, each host once. */
export async function tell(services: Needs, moved: Moved[]): Promise<void> {
  for (const hostId of new Set(moved.map(({ hostId }) => hostId)))
    services.events.emit('host.fleets_changed', { hostId });
  await wakeMoved(services, moved);
}
