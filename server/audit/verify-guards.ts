import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';

const REFUSES = 'EXECUTE FUNCTION audit_refuse_change()';

/** As the migrations make them, in PostgreSQL's own words. */
const GUARDS: Record<string, string> = {
  audit_record_append_only: `CREATE TRIGGER audit_record_append_only BEFORE DELETE OR UPDATE ON audit_record FOR EACH ROW ${REFUSES}`,
  audit_record_keep: `CREATE TRIGGER audit_record_keep BEFORE TRUNCATE ON audit_record FOR EACH STATEMENT ${REFUSES}`,
  audit_record_no_gap:
    'CREATE TRIGGER audit_record_no_gap AFTER INSERT ON audit_record REFERENCING NEW TABLE AS placed FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_gap()',
  audit_record_sequence: "CHECK (sequence >= 1 AND sequence <= '9007199254740991'::bigint)",
  audit_pending_append_only: `CREATE TRIGGER audit_pending_append_only BEFORE DELETE OR UPDATE ON audit_pending FOR EACH ROW ${REFUSES}`,
  audit_pending_keep: `CREATE TRIGGER audit_pending_keep BEFORE TRUNCATE ON audit_pending FOR EACH STATEMENT ${REFUSES}`,
};

export type GuardFault =
  /**
   * A trigger that refuses changes, or the bound of the numbers, was dropped, switched off or made to do something
   * else.
   */
  | { kind: 'unguarded'; guard: string }
  /** A trigger, a rule or a check of somebody else's: it may swallow or refuse records before they are written. */
  | { kind: 'meddled'; name: string };

/**
 * Whether the database still refuses what the log must not suffer. A log can be whole and stand open: whoever took a
 * guard away to mend something, and forgot it, hears of it here. What the triggers' function does is not looked at.
 */
export async function examineGuards(db: Database): Promise<GuardFault | null> {
  const tables = sql`('audit_record'::regclass, 'audit_pending'::regclass)`;
  const { rows } = await db.execute<{ name: string; definition: string; isOn: boolean }>(sql`
    select tgname as name, pg_get_triggerdef(oid, true) as definition, tgenabled in ('O', 'A') as "isOn"
    from pg_trigger where tgrelid in ${tables} and not tgisinternal
    union all
    select rulename, pg_get_ruledef(oid), ev_enabled <> 'D' from pg_rewrite where ev_class in ${tables}
    union all
    -- What was there before the check was made anew is for the walk to judge.
    select conname, replace(pg_get_constraintdef(oid, true), ' NOT VALID', ''), true from pg_constraint where conrelid in ${tables} and contype = 'c'
    order by 1`);
  const stands = (guard: string) =>
    rows.some(({ name, definition, isOn }) => name === guard && isOn && definition === GUARDS[guard]);
  const guard = Object.keys(GUARDS).find((one) => !stands(one));
  if (guard) return { kind: 'unguarded', guard };
  const foreign = rows.find(({ name }) => !(name in GUARDS));
  return foreign ? { kind: 'meddled', name: foreign.name } : null;
}
