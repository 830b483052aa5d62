import { asc, eq } from 'drizzle-orm';
import { healthFindings } from '../../db/schema';
import type { SignedIn } from '../trpc';
import { findRules } from './find-rules';

/** What is wrong with a host now, the worst first, and of several alike what began first. */
export async function findFindings({ db }: SignedIn, hostId: string) {
  const rules = new Map((await findRules(db)).map((rule) => [rule.id, rule]));
  const rows = await db
    .select()
    .from(healthFindings)
    .where(eq(healthFindings.hostId, hostId))
    .orderBy(asc(healthFindings.since));
  return rows
    .flatMap(({ ruleId, label, since, value }) => {
      const rule = rules.get(ruleId);
      if (!rule) return [];
      const { metric, comparison, threshold, severity } = rule;
      return [{ ruleId, metric, label, comparison, threshold, severity, value, since: since.toISOString() }];
    })
    .sort((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'));
}
