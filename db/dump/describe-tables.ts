import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../client';

/** A table as far as its rows are concerned. */
export interface Table {
  /** As SQL writes it. */
  name: string;
  columns: { name: string; type: string }[];
}

/** A partition, which a server makes as time goes by: no migration knows it. */
export interface Partition {
  name: string;
  of: string;
  /** `FOR VALUES …`, as PostgreSQL prints it. */
  bound: string;
}

/**
 * Every table of the public schema and its columns, but those that PostgreSQL computes, by name. Of one in partitions
 * the whole stands for its parts.
 */
export async function describeTables(db: Database | Transaction): Promise<Table[]> {
  const { rows } = await db.execute<{ name: string; columns: Table['columns'] }>(sql`
    select c.oid::regclass::text as name,
           jsonb_agg(jsonb_build_object('name', quote_ident(attname), 'type', format_type(atttypid, atttypmod))
                     order by attname) as columns
      from pg_class c join pg_attribute on attrelid = c.oid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and attnum > 0 and not attisdropped and attgenerated = ''
        and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
      group by c.oid order by 1`);
  return rows;
}

/** Partitions of partitions behind what they are parts of. */
export async function describePartitions(db: Database | Transaction): Promise<Partition[]> {
  const { rows } = await db.execute<{ name: string; of: string; bound: string }>(sql`
    with recursive part (oid, parent, depth) as (
      select inhrelid, inhparent, 1 from pg_inherits join pg_class p on p.oid = inhparent
        where p.relnamespace = 'public'::regnamespace and p.relkind = 'p' and not p.relispartition
      union all
      select inhrelid, inhparent, depth + 1 from pg_inherits join part on inhparent = part.oid
    )
    select c.oid::regclass::text as name, parent::regclass::text as of, pg_get_expr(relpartbound, c.oid) as bound
      from part join pg_class c on c.oid = part.oid where relispartition order by depth, 1`);
  return rows;
}
