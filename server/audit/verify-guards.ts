import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';

/** As the migrations make them, in PostgreSQL's own words. */
const GUARDS: Record<string, string> = {
  audit_record_append_only: 'BEFORE DELETE OR UPDATE ON audit_record FOR EACH ROW',
  audit_record_keep: 'BEFORE TRUNCATE ON audit_record FOR EACH STATEMENT',
  audit_pending_append_only: 'BEFORE DELETE OR UPDATE ON audit_pending FOR EACH ROW',
  audit_pending_keep: 'BEFORE TRUNCATE ON audit_pending FOR EACH STATEMENT',
};
const definitionOf = (name: string) => `CREATE TRIGGER ${name} ${GUARDS[name]} EXECUTE FUNCTION audit_refuse_change()`;

export type GuardFault =
  /** A trigger that refuses changes was dropped, switched off or made to do something else. */
  | { kind: 'unguarded'; trigger: string }
  /** A trigger or a rule of somebody else's: it may swallow records before they are written. */
  | { kind: 'meddled'; name: string };

/**
 * Whether the database still refuses what the log must not suffer. A log can be whole and stand open: whoever took a guard
 * away to mend something, and forgot it, hears of it here. What the triggers' function does is not looked at.
 */
export async function examineGuards(db: Database): Promise<GuardFault | null> {
  const tables = sql`('audit_record'::regclass, 'audit_pending'::regclass)`;
  const { rows } = await db.execute<{ name: string; definition: string; isOn: boolean }>(sql`
    select tgname as name, pg_get_triggerdef(oid, true) as definition, tgenabled in ('O', 'A') as "isOn"
    from pg_trigger where tgrelid in ${tables} and not tgisinternal
    union all
    select rulename, pg_get_ruledef(oid), ev_enabled <> 'D' from pg_rewrite where ev_class in ${tables}
    order by 1`);
  const stands = (trigger: string) => rows.some(({ name, definition, isOn }) => name === trigger && isOn && definition === definitionOf(trigger));
  const trigger = Object.keys(GUARDS).find((one) => !stands(one));
  if (trigger) return { kind: 'unguarded', trigger };
  const foreign = rows.find(({ name }) => !(name in GUARDS));
  return foreign ? { kind: 'meddled', name: foreign.name } : null;
}
