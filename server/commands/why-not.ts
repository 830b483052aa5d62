import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { hostAbilities } from '../../db/schema';

const { abilities } = hostAbilities;

/** A command as columns of its row, or as values of one that has none yet. */
interface Asked {
  kind: SQLWrapper;
  parameters: SQLWrapper;
}

/**
 * Why a host cannot run it, as SQL on `host_ability`; null where it can, and where the machine has not said yet: it is
 * judged when it has. What the machine knows better, it says when it is told.
 */
export function whyNot({ kind, parameters }: Asked): SQL<string | null> {
  const said = sql`(select unable->>'why' from jsonb_array_elements(${abilities}->'unable') as unable
    where unable->>'kind' = ${kind} limit 1)`;
  const runAs = sql`${abilities}->'lock'->'runAs'`;
  return sql<string | null>`case
    when ${abilities} is null then null
    when not jsonb_exists(${abilities}->'able', ${kind}) then coalesce(${said}, 'not_told')
    when jsonb_exists(${parameters}, 'runAs') then coalesce(${abilities}->>'whyNotRunAs',
      case when jsonb_typeof(${runAs}) = 'array' and not jsonb_exists(${runAs}, ${parameters}->>'runAs')
        then 'forbidden_here' end)
    when ${parameters}->>'scope' = 'security' and ${abilities}->>'knowsSecurityUpdates' = 'false'
      or ${parameters}->>'dryRun' = 'true' and not jsonb_exists(${abilities}->'canDryRun', ${kind})
      then 'wrong_platform' end`;
}

/** The same of a command that is not there yet. */
export const whyNotYet = ({ kind, parameters }: { kind: string; parameters: Record<string, unknown> }) => {
  // Nothing else of them is asked for, and not all that people type is text to a database.
  const { runAs, scope, dryRun } = parameters;
  return whyNot({ kind: sql`${kind}::text`, parameters: sql`${JSON.stringify({ runAs, scope, dryRun })}::jsonb` });
};

/** Whether the machine has said what it can run. */
export const hasSaid = sql<boolean>`${abilities} is not null`;
