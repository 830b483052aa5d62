import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { findServerOff, type Span } from '../dashboard/find-server-off';
import { firstIdOf } from '../hosts/histories';
import { instant, textLike } from '../rest/schema';

/** The longest stretches without a figure are looked into: of more nobody would read why. */
const MOST = 5;

export const explainedGap = z.object({
  from: instant,
  to: instant,
  reason: z
    .enum(['server_off', 'down'])
    .meta({ description: '`server_off`: no server was at work. `down`: every host that had ever connected was down.' }),
  down: z
    .array(z.object({ reason: textLike('silent').nullable(), hosts: z.number().int() }))
    .meta({ description: 'How many of them for which reason, the most first. Empty while no server was at work.' }),
});
type ExplainedGap = z.infer<typeof explainedGap>;

interface Asked {
  hostIds: readonly string[];
  span: Span;
  /** In which none of the hosts was measured, in the order of time. */
  empty: readonly Span[];
}

/** Why nothing is known of hosts in parts of a span, as far as it is known, in the order of time. */
export async function explainGaps(db: Database, { hostIds, span, empty }: Asked): Promise<ExplainedGap[]> {
  const serverOff = await findServerOff(db, span);
  const others = empty.filter(({ from, to }) => !serverOff.some((off) => off.from <= from && off.to >= to));
  const longest = [...others].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MOST);
  const down = await Promise.all(longest.map(async (gap) => ({ ...gap, down: await findAllDown(db, hostIds, gap) })));
  return [
    ...serverOff.map((off) => ({ ...off, reason: 'server_off' as const, down: [] })),
    ...down.flatMap((gap) => (gap.down.length > 0 ? [{ ...gap, reason: 'down' as const }] : [])),
  ]
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, ...gap }) => ({ from: isoAt(from), to: isoAt(to), ...gap }));
}

const isoAt = (second: number) => new Date(second * 1000).toISOString();

/** Why each host was down in the middle of that time; empty where one of them was up, or none had ever connected. */
async function findAllDown(
  db: Database,
  hostIds: readonly string[],
  { from, to }: Span,
): Promise<ExplainedGap['down']> {
  const { rows } = await db.execute<{ kind: 'up' | 'down'; reason: string | null; hosts: number }>(sql`
    select e.kind, e.detail as reason, count(*)::int as hosts
    from unnest(${sql.param(hostIds)}::uuid[]) a(id) cross join lateral (
      select kind, detail from host_event
      where host_id = a.id and id < ${firstIdOf(((from + to) / 2) * 1000)}::uuid and kind in ('up', 'down')
      order by id desc limit 1
    ) e
    group by 1, 2 order by hosts desc, reason`);
  if (rows.some(({ kind }) => kind === 'up')) return [];
  return rows.map(({ reason, hosts }) => ({ reason, hosts }));
}
