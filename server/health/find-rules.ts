import type { z } from 'zod';
import type { Database, Transaction } from '../../db/client';
import { healthRuleLists } from '../../db/schema';
import { DEFAULT_RULES } from './default-rules';
import type { Context } from '../context';
import { etagOf, type Rule, ruleList, type RuleList, type taggedList } from './rule-schema';

/** In the order that people gave them; those of the first start until somebody has given any. */
export async function findRules(db: Database | Transaction): Promise<Rule[]> {
  const [row] = await db.select({ rules: healthRuleLists.rules }).from(healthRuleLists);
  return inForce(row?.rules ?? DEFAULT_RULES);
}

/** Every one in the row was given its id when it was saved. */
export const inForce = (rules: readonly unknown[]): Rule[] =>
  ruleList.parse({ rules }).rules.map((rule, position) => ({ ...rule, id: rule.id!, position }));

export const withoutPosition = (rules: Rule[]): RuleList => ({
  rules: rules.map(({ position: _position, ...rule }) => rule),
});

/** For people, with what names this state of them. */
export async function listRules(ctx: Pick<Context, 'db' | 'setETag'>): Promise<z.infer<typeof taggedList>> {
  return tagged(ctx, withoutPosition(await findRules(ctx.db)));
}

export function tagged({ setETag }: Pick<Context, 'setETag'>, list: RuleList): z.infer<typeof taggedList> {
  const etag = etagOf(list);
  setETag?.(etag);
  return { ...list, etag };
}
