import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hosts } from '../../db/schema';
import { type FieldName, fields } from './fields';
import type { Rule } from './rule';
import { ruleCondition, versionsInstalled } from './rule-condition';
import { shownValue, writeRule } from './write-rule';

type Comparison = Extract<Rule, { kind: 'is' }>;

/** One comparison of a rule, and what it makes of a host. */
interface Reason {
  /** The comparison as a rule of its own. */
  comparison: string;
  /** What the host has there, as people read it; null where nothing is known. */
  value: string | null;
  holds: boolean;
  /** Were it otherwise, the whole might be: of *or* those that are true, of *and* those that are false, and so on. */
  decides: boolean;
}

/**
 * Why a rule is true or false of a host: its comparisons in the order of its text. The database judges each, as it does
 * the whole. Of a host that is gone nothing holds, and there are no reasons.
 */
export async function explainRule(
  db: Database,
  rule: Rule,
  hostId: string,
): Promise<{ holds: boolean; reasons: Reason[] }> {
  const comparisons = comparisonsOf(rule);
  const judged = comparisons.map((one, n) => {
    const { kind, at, shown = at } = fields[one.field];
    const value = kind === 'package' ? versionsInstalled(one) : shown;
    return sql`(${n}::int, ${ruleCondition(one, 'few')}, (${value})::text)`;
  });
  const { rows } = await db.execute<{ n: number; holds: boolean; value: string | null }>(sql`
    select judged.n, judged.holds, judged.value
    from ${hosts} cross join lateral (values ${sql.join(judged, sql`, `)}) judged (n, holds, value)
    where ${eq(hosts.id, hostId)} order by judged.n`);
  if (rows.length === 0) return { holds: false, reasons: [] };
  const isTrue = new Map(comparisons.map((one, n) => [one, rows[n]!.holds]));
  const deciding = decidingOf(rule, isTrue);
  return {
    holds: holdsOf(rule, isTrue),
    reasons: comparisons.map((one, n) => ({
      comparison: writeRule(one),
      value: readable(one.field, rows[n]!.value),
      holds: rows[n]!.holds,
      decides: deciding.has(one),
    })),
  };
}

const comparisonsOf = (rule: Rule): Comparison[] =>
  rule.kind === 'is' ? [rule] : rule.kind === 'not' ? comparisonsOf(rule.of) : rule.of.flatMap(comparisonsOf);

function holdsOf(rule: Rule, isTrue: ReadonlyMap<Rule, boolean>): boolean {
  switch (rule.kind) {
    case 'is':
      return isTrue.get(rule)!;
    case 'not':
      return !holdsOf(rule.of, isTrue);
    case 'all':
      return rule.of.every((part) => holdsOf(part, isTrue));
    case 'any':
      return rule.of.some((part) => holdsOf(part, isTrue));
  }
}

function decidingOf(rule: Rule, isTrue: ReadonlyMap<Rule, boolean>): ReadonlySet<Rule> {
  if (rule.kind === 'is') return new Set([rule]);
  if (rule.kind === 'not') return decidingOf(rule.of, isTrue);
  // What is otherwise than the whole did not make it so.
  const whole = holdsOf(rule, isTrue);
  const agreeing = rule.of.filter((part) => holdsOf(part, isTrue) === whole);
  return new Set(agreeing.flatMap((part) => [...decidingOf(part, isTrue)]));
}

/** Lists come as JSON. */
function readable(field: FieldName, value: string | null): string | null {
  if (value === null) return null;
  const { kind } = fields[field];
  return kind === 'tags' || kind === 'address'
    ? [...new Set(JSON.parse(value) as string[])].join(', ')
    : shownValue(field, value);
}
