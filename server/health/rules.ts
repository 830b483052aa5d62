import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../db/client';
import { healthRuleLists } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { DEFAULT_RULES } from './default-rules';
import { type Rule, ruleList, type RuleList } from './rule-schema';

/** In the order that people gave them; those of the first start until somebody has given any. */
export async function findRules(db: Database | Transaction): Promise<Rule[]> {
  const [row] = await db.select({ rules: healthRuleLists.rules }).from(healthRuleLists);
  return inForce(row?.rules ?? DEFAULT_RULES);
}

/** Every one in the row was given its id when it was saved. */
const inForce = (rules: readonly unknown[]): Rule[] =>
  ruleList.parse({ rules }).rules.map((rule, position) => ({ ...rule, id: rule.id!, position }));

export const withoutPosition = (rules: Rule[]): RuleList => ({
  rules: rules.map(({ position: _position, ...rule }) => rule),
});

/** All rules, in place of those there were. What counts by a rule that stays goes on counting. */
export async function saveRules(ctx: SignedIn, { rules }: RuleList): Promise<RuleList> {
  const saved = await ctx.db.transaction(async (tx) => {
    // There is a row to hold then: of two who save at once the second has the last word, and the log says over what.
    await tx.insert(healthRuleLists).values({ rules: DEFAULT_RULES }).onConflictDoNothing();
    const [row] = await tx.select({ rules: healthRuleLists.rules }).from(healthRuleLists).for('update');
    const before = inForce(row!.rules);
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
  ctx.log.info({ by: ctx.session.user.email }, 'rules of health changed');
  return saved;
}
