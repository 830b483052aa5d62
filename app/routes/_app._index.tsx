import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { agentAddress } from '../hosts/agent-address';
import { knownHosts } from '../hosts/apply-live-change';
import { ClonedHosts, clonedRows } from '../clones/cloned-hosts';
import { Causes } from '../dashboard/causes';
import { DayStrip } from '../dashboard/day-strip';
import { RecentEvents } from '../dashboard/recent-events';
import { Spread } from '../dashboard/spread';
import { Tops } from '../dashboard/tops';
import { DownHosts } from '../hosts/down-hosts';
import { FirstAgent } from '../hosts/first-agent';
import { hostStates } from '../hosts/host-types';
import { waitingRows } from '../hosts/list-rows';
import { reloadUnlessLive } from '../hosts/reload-unless-live';
import { StatusLine } from '../hosts/status-line';
import { useHostCounts } from '../hosts/use-host-counts';
import { useKnownHosts } from '../hosts/use-known-hosts';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { WaitingHosts } from '../hosts/waiting-hosts';
import { useLiveValue } from '../live/use-live';
import type { PageHandle } from '../page-handle';
import { useMe } from '../permissions';
import { PageProblem } from '../page-problem';
import { StateSign } from '../ui/state-sign';
import { useSteadyRows } from '../ui/list/steady-rows';
import { useFigures } from '../ui/figures/use-figures';

export const handle: PageHandle = { title: (t) => t('nav.dashboard') };

/** The ones that went down last are the ones to look at; the list has the rest. */
const SHOWN_DOWN = 10;

/** The counts change with the host, its row up to a second later: a list that is read in between does not have it. */
const WRITTEN_MS = 1_500;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { api } = context;
  // First, and alone: the stream goes on from its `feed`, which must be older than all that is read after it.
  const { counts, feed } = await api.hosts.counts();
  const quarter = quarterOf(new URL(request.url).searchParams);
  const [waiting, cloned, down, overview, events] = await Promise.all([
    api.hosts.waiting(),
    api.hosts.cloned(),
    api.hosts.list({ state: 'down', sort: 'lastSeen', direction: 'desc', limit: SHOWN_DOWN }),
    api.dashboard.overview(),
    quarter ? api.dashboard.quarter({ at: quarter }) : [],
  ]);
  const address = agentAddress(request.url, context.apiPort);
  return {
    feed,
    counts,
    waiting,
    cloned,
    down,
    overview,
    address,
    quarter: quarter === null ? null : { from: quarter, events },
  };
}

/** `?quarter=…`: when it begins, as `Date` has it. Null for what is no time. */
function quarterOf(params: URLSearchParams): string | null {
  const at = Date.parse(params.get('quarter') ?? '');
  return at >= 0 && at < 1e14 ? new Date(at).toISOString() : null;
}

export const shouldRevalidate = reloadUnlessLive;

/** What happens to all hosts is heard of as one; of who sees some, as their own. */
function useOverviewKey(): string {
  const me = useMe();
  return me?.everywhere.includes('hosts.read') ? 'all' : (me?.id ?? '');
}

export default function Dashboard() {
  const { t } = useTranslation();
  const { number } = useFigures();
  const data = useLoaderData<typeof loader>();
  const known = useKnownHosts(data, ({ waiting, cloned, down }) =>
    knownHosts([...waiting.hosts, ...cloned, ...down.hosts]),
  );
  const waiting = useSteadyRows(
    useMemo(() => waitingRows(known, {}), [known]),
    known.hosts,
  );
  const counts = useHostCounts(data);
  const overview = useLiveValue('overview', useOverviewKey(), { snapshot: data, loaded: data.overview })!;
  // The stream names only the hosts that are watched; which others went down must be asked.
  useReloadOnChange(data.counts.down !== counts.down, WRITTEN_MS);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0 && waiting.rows.length === 0) return <FirstAgent address={data.address} />;

  const down = [...known.hosts.values()].filter(({ id, state }) => state === 'down' && !known.gone.has(id));
  const cloned = clonedRows(known);
  const isIll = overview.ill.critical + overview.ill.warning > 0;
  const isCalm = !isIll && waiting.rows.length === 0 && cloned.length === 0 && counts.down === 0;
  return (
    <div className="flex flex-col gap-8">
      <StatusLine counts={counts} ill={overview.ill} />
      <nav aria-label={t('dashboard.states')} className="grid grid-cols-2 gap-y-1 sm:flex sm:flex-wrap sm:gap-x-2">
        {hostStates.map((state) => (
          <Link
            key={state}
            to={`/hosts?state=${state}`}

            data-none={counts[state] === 0 || undefined}
            className="flex gap-0.5 rounded-e-4 border-s-2 border-line py-1 ps-3 hover:bg-sunken data-none:text-ink-3
              max-sm:items-baseline max-sm:gap-2 sm:flex-col sm:pe-6"
          >
            <span className="text-20 font-semibold sm:text-28" suppressHydrationWarning>
              {number(counts[state])}
            </span>
            <span className="text-13">
              <StateSign state={state} word={t(`state.${state}`)} />
            </span>
          </Link>
        ))}
      </nav>
      <DayStrip day={overview.day} chosen={data.quarter?.from ?? null} />
      <WaitingHosts waiting={waiting} known={known} total={counts.pending + counts.conflict} />
      <ClonedHosts hosts={cloned} />
      <Causes {...overview} />
      {counts.down > 0 && <DownHosts hosts={down} total={counts.down} known={known} />}
      {isCalm && (
        <div>
          <p className="font-medium">{t('dashboard.calm')}</p>
          <p className="text-ink-2">{t('dashboard.calmText')}</p>
        </div>
      )}
      <Tops tops={overview.tops} />
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-2">
        <RecentEvents events={data.quarter?.events ?? overview.events} quarter={data.quarter?.from ?? null} />
        <Spread {...overview} />
      </div>
    </div>
  );
}

export const ErrorBoundary = PageProblem;
