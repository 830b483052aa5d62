import type { z } from 'zod';
import type { Database, Transaction } from '../../db/client';
import { healthRuleLists } from '../../db/schema';
import { DEFAULT_RULES } from './default-rules';
import { etagOf, type Rule, ruleList, type RuleList, type taggedList } from './rule-schema';

/** As a context has it, which has the health that these are of. */
interface Answering {
  setETag: ((etag: string) => void) | null;
}

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
export async function listRules(ctx: Answering & { db: Database }): Promise<z.infer<typeof taggedList>> {
  return tagged(ctx, withoutPosition(await findRules(ctx.db)));
}

export function tagged({ setETag }: Answering, list: RuleList): z.infer<typeof taggedList> {
  const etag = etagOf(list);
  setETag?.(etag);
  return { ...list, etag };
}
