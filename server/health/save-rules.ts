import { inArray } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { Transaction } from '../../db/client';
import { fleets, healthRuleLists } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { DEFAULT_RULES } from './default-rules';
import { AppError } from '../errors';
import { logAct } from '../log';
import { inForce, tagged, withoutPosition } from './find-rules';
import { etagOf, type newRules, type RuleList } from './rule-schema';

/**
 * All rules, in place of those there were. What counts by a rule that stays goes on counting.
 * @param etag of the rules that these are made from, or `*` for whatever there is. Throws `health.version_needed`
 *   without one, `health.changed_meanwhile` when there are others by now, and `fleet.not_found` for a rule of a fleet
 *   that there is not.
 */
export async function saveRules(ctx: SignedIn, { rules, etag = ctx.ifMatch ?? undefined }: z.infer<typeof newRules>) {
  if (etag === undefined) throw new AppError('health.version_needed');
  const saved = await ctx.db.transaction(async (tx) => {
    // There is a row to hold then: of two who save at once the second has the last word, and the log says over what.
    await tx.insert(healthRuleLists).values({ rules: DEFAULT_RULES }).onConflictDoNothing();
    const [row] = await tx.select({ rules: healthRuleLists.rules }).from(healthRuleLists).for('update');
    const before = inForce(row!.rules);
    const isAsSeen = etag === '*' || etag === etagOf(withoutPosition(before));
    if (!isAsSeen) throw new AppError('health.changed_meanwhile');
    await demandFleets(tx, rules, before);
    const known = new Set(before.map(({ id }) => id));
    const named = rules.map((rule) => ({ ...rule, id: rule.id && known.has(rule.id) ? rule.id : uuidv7() }));
    await tx.update(healthRuleLists).set({ rules: named, changedAt: new Date() });
    await recordAudit(tx, ctx, {
      action: 'health.saveRules',
      object: { kind: 'health', id: null, label: null },
      before: withoutPosition(before),
      after: { rules: named },
    });
    return { rules: named };
  });
  ctx.events.emit('health.rules_changed', { by: ctx.session.user.id });
  logAct(ctx, {}, 'rules of health changed');
  return tagged(ctx, saved);
}

/** A rule that was there may stay when its fleet is gone: it is about nobody then. */
async function demandFleets(tx: Transaction, rules: RuleList['rules'], before: RuleList['rules']): Promise<void> {
  const of = (list: RuleList['rules']) => list.flatMap(({ scope }) => (scope && 'fleet' in scope ? scope.fleet : []));
  const added = [...new Set(of(rules))].filter((fleet) => !of(before).includes(fleet));
  if (added.length === 0) return;
  const found = await tx.select({ id: fleets.id }).from(fleets).where(inArray(fleets.id, added));
  if (found.length < added.length) throw new AppError('fleet.not_found');
}
