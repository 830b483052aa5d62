import { and, sql } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { inFleet } from '../hosts/find-hosts';
import type { HostRow, HostState } from '../hosts/host-schema';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import type { Services } from '../services';

/** As many versions are told apart; the others are counted together. */
const MOST_SHOWN = 10;

type Health = NonNullable<HostRow['health']>['state'];
interface Counted {
  name: string;
  hosts: number;
}

const COLUMNS = ['state', 'health', 'platform', 'system', 'agent'] as const;
type Row = { n: number; which: number } & Partial<Record<(typeof COLUMNS)[number], string | null>>;

/** How the hosts of a fleet divide, as far as there are such for the caller. One pass over them. */
export async function summariseFleet(ctx: Pick<Services, 'db'> & Asker, fleetId: string) {
  const { rows } = await ctx.db.execute<Row>(sql`
    select state, health, platform, system, agent, count(*)::int as n, grouping(state, health, platform, system, agent) as which
    from (
      select ${hosts.state} as state, case when ${hosts.approval} = 'approved' then ${hosts.health} end as health,
        ${hosts.platform} as platform, concat_ws(' ', ${hosts.osName}, ${hosts.osVersion}) as system,
        ${hosts.agentVersion} as agent
      from ${hosts} where ${and(visibleHosts(ctx), inFleet(ctx, fleetId))}
    ) member
    group by grouping sets ((state), (health), (platform), (system), (agent))`);
  const countedBy = (column: (typeof COLUMNS)[number]): Counted[] => {
    // A bit for each column, set where it is not grouped by.
    const which = 2 ** COLUMNS.length - 1 - 2 ** (COLUMNS.length - 1 - COLUMNS.indexOf(column));
    return rows
      .filter((row) => row.which === which && row[column] !== null)
      .map((row) => ({ name: row[column]!, hosts: row.n }))
      .sort((a, b) => b.hosts - a.hosts || a.name.localeCompare(b.name));
  };
  const all = (column: 'state' | 'health') => countedBy(column).map(({ name, hosts }) => [name, hosts] as const);
  const states: Record<HostState, number> = {
    ...{ up: 0, down: 0, never: 0, pending: 0, conflict: 0, rejected: 0, revoked: 0 },
    ...Object.fromEntries(all('state')),
  };
  const health: Record<Health, number> = { ok: 0, warning: 0, critical: 0, ...Object.fromEntries(all('health')) };
  return {
    ...{ states, health, platforms: countedBy('platform') },
    ...{ systems: most(countedBy('system')), agents: most(countedBy('agent')) },
  };
}

function most(counted: Counted[]) {
  const others = counted.slice(MOST_SHOWN).reduce((sum, { hosts }) => sum + hosts, 0);
  return { shown: counted.slice(0, MOST_SHOWN), others };
}
