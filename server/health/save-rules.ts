import { v7 as uuidv7 } from 'uuid';
import { healthRuleLists } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { DEFAULT_RULES } from './default-rules';
import { inForce, withoutPosition } from './find-rules';
import type { RuleList } from './rule-schema';

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
