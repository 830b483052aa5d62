import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { type Breaches, breachKey } from './judge';
import type { HostScopes } from './rule-scope';
import type { Rule } from './rule-schema';

/** What the rows say of a host whose samples come to this process from now on. */
export interface TakenUp {
  /** Whether anything was said of it before. */
  isJudged: boolean;
  scopes: HostScopes;
  /** What counts, by the rules that there are. */
  breaches: Breaches;
}

type Row = {
  id: string;
  isJudged: boolean;
  fleets: string[];
  tags: string[];
  findings: { rule: string; label: string; since: number; value: number }[];
};

/** Of any number of hosts in one query; of one that is gone nothing. */
export async function takeUp(db: Database, hostIds: string[], rules: readonly Rule[]): Promise<Map<string, TakenUp>> {
  const fleets = rules.flatMap(({ scope }) => (scope && 'fleet' in scope ? [scope.fleet] : []));
  const { rows } = await db.execute<Row>(sql`
    select host.id, host.health is not null as "isJudged", host.tags,
      array(select m.fleet_id::text from fleet_host m
        where m.host_id = host.id and m.fleet_id = any(${sql.param(fleets)}::uuid[])) as fleets,
      coalesce((select json_agg(json_build_object('rule', f.rule_id, 'label', f.label, 'value', f.value,
          'since', date_part('epoch', f.since) * 1000))
        from health_finding f where f.host_id = host.id), '[]') as findings
    from host where host.id = any(${sql.param(hostIds)}::uuid[])`);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return new Map(
    rows.map(({ id, isJudged, findings, ...scopes }) => {
      const breaches: Breaches = new Map();
      for (const { rule: ruleId, label, since, value } of findings) {
        const rule = byId.get(ruleId);
        if (rule) breaches.set(breachKey(ruleId, label), { rule, label, value, beganAt: since, since, missed: 0 });
      }
      return [id, { isJudged, scopes, breaches }];
    }),
  );
}
