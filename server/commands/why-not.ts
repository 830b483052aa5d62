import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { USUAL_INTERPRETERS } from '../../agent/commands/protocol';
import { hostAbilities } from '../../db/schema';

const { abilities } = hostAbilities;

/** A command as columns of its row, or as values of one that has none yet. */
interface Asked {
  kind: SQLWrapper;
  parameters: SQLWrapper;
}

/** As PostgreSQL has it: why, and the rule, the tool or the like that it is about. */
const because = (reason: string | SQL, detail: string | SQL | null) => sql`array[${reason}, ${detail}]::text[]`;

const lock = sql`${abilities}->'lock'`;
/** Of a list of users that scripts may run as, whether that one is not in it. */
const forbids = (users: SQL, user: SQL) =>
  sql`jsonb_typeof(${users}) = 'array' and not jsonb_exists(${users}, ${user})`;

/**
 * Why a host cannot run it, as SQL on `host_ability`: `[reason, detail]`. Null where it can, and where the machine has
 * not said yet: it is judged when it has. What the machine knows better, it says when it is told: one that was given an
 * interpreter since it last said which it has runs the script, so a preview alone is told of that.
 */
export function whyNot({ kind, parameters }: Asked, { isPreview = false } = {}): SQL<[string, string | null] | null> {
  const said = sql`(select array[unable->>'why', unable->>'detail'] from jsonb_array_elements(${abilities}->'unable') as unable
    where unable->>'kind' = ${kind} limit 1)`;
  const user = sql`${parameters}->>'runAs'`;
  // An older agent does not say whose rule it is.
  const own = sql`coalesce(${lock}->'own'->'runAs', ${lock}->'runAs')`;
  const usersRule = sql`case when ${forbids(own, user)} then 'commands.run_as' else 'configuration.commands.run_as' end`;
  const itselfRule = sql`case when ${lock}->'own'->>'mayRunAsItself' = 'true' then 'configuration.commands.run_as'
    else 'commands.run_as' end`;
  const interpreter = sql`${parameters}->>'interpreter'`;
  const script = sql`case
    when jsonb_exists(${parameters}, 'runAs') and ${forbids(sql`${lock}->'runAs'`, user)} then ${because('forbidden_here', usersRule)}
    when jsonb_exists(${parameters}, 'runAs') and ${abilities}->>'whyNotRunAs' is not null
      then ${because(sql`${abilities}->>'whyNotRunAs'`, 'runAs')}
    when not jsonb_exists(${parameters}, 'runAs') and ${lock}->>'mayRunAsItself' = 'false'
      then ${because('forbidden_here', itselfRule)}
    when ${isPreview}::boolean and ${interpreter} in (${sql.join(
      USUAL_INTERPRETERS.map((name) => sql`${name}`),
      sql`, `,
    )})
      and not jsonb_exists(${abilities}->'interpreters', ${interpreter}) then ${because('missing_tool', interpreter)} end`;
  const hasSlash = sql`exists (select from jsonb_array_elements_text(${parameters}->'packages') as name where name like '%/%')`;
  return sql<[string, string | null] | null>`case
    when ${abilities} is null then null
    when not jsonb_exists(${abilities}->'able', ${kind}) then coalesce(${said}, ${because('not_told', null)})
    when ${kind} = 'execute_shell' then ${script}
    when ${parameters}->>'scope' = 'security' and (${abilities}->>'knowsSecurityUpdates' = 'false'
        or jsonb_exists(${parameters}, 'packages') and ${abilities}->'names'->>'ofSecurityUpdates' = 'false')
      then ${because('wrong_platform', 'security')}
    when ${parameters}->>'dryRun' = 'true' and not jsonb_exists(${abilities}->'canDryRun', ${kind})
      then ${because('wrong_platform', 'dryRun')}
    when ${abilities}->'names'->>'withSlash' = 'false' and ${hasSlash} then ${because('wrong_platform', 'packages')} end`;
}

/** The same for a preview, of a command that is not there yet. */
export const whyNotYet = ({ kind, parameters }: { kind: string; parameters: Record<string, unknown> }) => {
  // Nothing else of them is asked for, and not all that people type is text to a database.
  const { runAs, interpreter, packages, scope, dryRun } = parameters;
  const asked = JSON.stringify({ runAs, interpreter, packages, scope, dryRun });
  return whyNot({ kind: sql`${kind}::text`, parameters: sql`${asked}::jsonb` }, { isPreview: true });
};

/** Whether the machine has said what it can run. */
export const hasSaid = sql<boolean>`${abilities} is not null`;
