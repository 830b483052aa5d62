import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useLocation, useRevalidator, useSearchParams } from '@remix-run/react';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { agentAddress } from '../hosts/agent-address';
import { knownHosts } from '../hosts/apply-live-change';
import { ClonedHosts, clonedRows } from '../clones/cloned-hosts';
import { fleetOfAddress, useIsFleetOther } from '../fleets/live-fleet';
import { FirstAgent } from '../hosts/first-agent';
import { HostFilters } from '../hosts/list/host-filters';
import { HostTable } from '../hosts/list/host-table';
import { isWaiting, type HostRow } from '../hosts/host-types';
import { columnsOf } from '../hosts/list/columns';
import { hostQuery, readWaitingQuery } from '../hosts/list/list-query';
import { SavedViews } from '../hosts/list/saved-views';
import { isListed, waitingRows } from '../hosts/list-rows';
import { ruleFaultOf } from '../rules/rule-fault';
import { reloadUnlessLive } from '../hosts/reload-unless-live';
import { useHostCounts } from '../hosts/use-host-counts';
import { useKnownHosts } from '../hosts/use-known-hosts';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { WaitingHosts } from '../hosts/waiting-hosts';
import { commandForMatching, jobForMatching } from '../jobs/job-link';
import { chartsOfMatching } from '../metrics/across-address';
import { PageProblem } from '../page-problem';
import { Button, buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { usePermissions } from '../permissions';
import { ExportLinks } from '../ui/list/export-links';
import { ListPaging } from '../ui/list/list-paging';
import { useSteadyRows } from '../ui/list/steady-rows';
import { totalText } from '../ui/list/total';
import { useHydrated } from '../ui/use-hydrated';

/** Neither is there before somebody scrolls or selects. */
const MoreRows = lazy(() => import('../hosts/list/more-rows'));
const SelectionBar = lazy(() => import('../hosts/list/selection-bar'));

const NOBODY_SELECTED: ReadonlySet<string> = new Set();
const NOBODY = { hosts: [] as HostRow[], total: 0, isTotalExact: true, nextCursor: null };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { api } = context;
  const { searchParams } = new URL(request.url);
  const { from: _from, ...query } = hostQuery.read(searchParams);
  const waitingQuery = readWaitingQuery(searchParams);
  // First, and alone: the stream goes on from its `feed`, which must be older than all that is read after it.
  const { counts, feed } = await api.hosts.counts();
  const fleet = await fleetOfAddress(context, query.fleet);
  const [cloned, views, filtered] = await Promise.all([
    api.hosts.cloned(),
    api.views.list(),
    Promise.all([
      waitingQuery ? api.hosts.waiting(waitingQuery) : NOBODY,
      api.hosts.list({ ...query, waiting: false }),
    ]).then(
      ([waiting, list]) => ({ waiting, list, fault: null }),
      (refusal: unknown) => ({ waiting: NOBODY, list: NOBODY, fault: ruleFaultOf(refusal) }),
    ),
  ]);
  const fleetsOf = columnsOf(searchParams).has('fleets')
    ? await api.fleets.ofHosts({ hostIds: filtered.list.hosts.map(({ id }) => id) })
    : null;
  return {
    feed,
    fleet,
    fleetsOf,
    counts,
    cloned,
    views,
    ...filtered,
    address: agentAddress(request.url, context.apiPort),
  };
}

export const shouldRevalidate = reloadUnlessLive;

export default function HostsPage() {
  const { t, i18n } = useTranslation();
  const data = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const { search } = useLocation();
  const { revalidate, state: revalidation } = useRevalidator();
  const query = useMemo(() => hostQuery.read(params), [params]);
  const waitingQuery = useMemo(() => readWaitingQuery(params), [params]);
  const { from: _from, ...exported } = query;
  const asked = useMemo(() => {
    const { from: _from, cursor: _cursor, ...asked } = query;
    return asked;
  }, [query]);
  const columns = useMemo(() => columnsOf(params), [params]);
  // Before the script is there, and without any, the list has pages.
  const isEndless = useHydrated();
  const known = useKnownHosts(data, ({ waiting, cloned, list }) =>
    knownHosts([...waiting.hosts, ...cloned, ...list.hosts]),
  );

  const isFiltered = hostQuery.isFiltered(params);
  const waiting = useSteadyRows(
    useMemo(() => {
      if (!waitingQuery) return [];
      const rows = waitingRows(known, waitingQuery);
      // What a rule says of a newcomer, and which fleets it is in, the server knows.
      if (waitingQuery.filter === undefined && waitingQuery.fleet === undefined) return rows;
      const found = new Set(data.waiting.hosts.map(({ id }) => id));
      return rows.filter(({ id }) => found.has(id));
    }, [known, waitingQuery, data]),
    known.hosts,
    search,
  );
  const shownAbove = new Set(waiting.rows.filter(({ hasLeft }) => !hasLeft).map(({ row }) => row.id));
  const listed = useSteadyRows(
    useMemo(() => data.list.hosts.map((host) => known.hosts.get(host.id) ?? host), [data, known]),
    known.hosts,
    search,
  );
  const rows = listed.rows.filter(({ row }) => !shownAbove.has(row.id));

  const counts = useHostCounts(data);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const inList = new Set(data.list.hosts.map(({ id }) => id));
  const newcomers = [...known.hosts.values()].filter(
    (host) =>
      query.filter === undefined &&
      query.fleet === undefined &&
      query.reason === undefined &&
      query.configuration === undefined &&
      query.downSince === undefined &&
      known.decided.has(host.id) &&
      !inList.has(host.id) &&
      !known.gone.has(host.id) &&
      isListed(host, query),
  );
  // Whom I let in myself I expect in the list, at once: it stands below those that wait, where the pointer is, and
  // moves nothing there. Others' decisions announce themselves, unless the list is empty: there they can push nothing
  // away.
  const [letIn, setLetIn] = useState<ReadonlySet<string>>(new Set());
  const isExpected = ({ id }: { id: string }) => letIn.has(id) || rows.length === 0;
  const isMine = newcomers.some(({ id }) => letIn.has(id));
  const isFleetOther = useIsFleetOther(data.fleet);
  useReloadOnChange(newcomers.some(isExpected) || (isFleetOther && rows.length === 0), isMine ? 0 : undefined);
  const announced = newcomers.filter((host) => !shownAbove.has(host.id) && !isExpected(host)).length;
  // Of other hosts than those that one sees nobody wants anything done: a selection ends with its filter.
  const filter = JSON.stringify(hostQuery.written(params));
  const [selection, setSelection] = useState({ filter, hostIds: NOBODY_SELECTED });
  const selected = selection.filter === filter ? selection.hostIds : NOBODY_SELECTED;
  const may = usePermissions();
  // The same function each time: a row that nothing happened to is not rendered again.
  const select = useCallback(
    (hostId: string, isSelected: boolean) =>
      setSelection((last) => {
        const hostIds = new Set(last.filter === filter ? last.hostIds : []);
        if (isSelected) hostIds.add(hostId);
        else hostIds.delete(hostId);
        return { filter, hostIds };
      }),
    [filter, setSelection],
  );
  const expectInList = useCallback((hostId: string) => setLetIn((before) => new Set([...before, hostId])), [setLetIn]);
  const onSelect = may.has('certificates.rotate') ? select : undefined;
  const { nextCursor, hosts: loaded, isTotalExact } = data.list;
  const shown = { columns, selected, onSelect, fleetsOf: data.fleetsOf };
  const figure = total.toLocaleString(i18n.language);
  // Those that wait stand above the list, and match too.
  const matching = { ...data.list, total: data.list.total + data.waiting.total };
  const found = totalText(t, matching, i18n.language);
  if (total === 0 && waiting.rows.length === 0) return <FirstAgent address={data.address} />;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-20 font-semibold">
          {t('hosts.title')}{' '}
          <span className="ps-1 font-normal text-ink-3">
            {isFiltered && !data.fault ? t('facts.foundOf', { found, total: figure }) : figure}
          </span>
        </h1>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-13">
          <Link to={chartsOfMatching(params)} className="link">
            {t('across.link')}
          </Link>
          <Link to={jobForMatching(params)} className="link">
            {t('jobs.matching')}
          </Link>
          {may.has('commands.run') && (
            <Link to={commandForMatching(params)} className="link">
              {t('jobs.runMatching')}
            </Link>
          )}
          <Link to="/jobs" className="link">
            {t('jobs.title')}
          </Link>
          <ExportLinks path="/hosts" query={exported} />
        </div>
      </div>
      <WaitingHosts
        waiting={waiting}
        known={known}
        total={isFiltered || waitingQuery?.from ? data.waiting.total : counts.pending + counts.conflict}
        list={waitingQuery && { query: waitingQuery, next: data.waiting.nextCursor }}
        onDecide={expectInList}
      />
      <ClonedHosts hosts={clonedRows(known)} />
      <div className="flex flex-col gap-3">
        <SavedViews views={data.views} />
        <HostFilters counts={counts} fleet={data.fleet} fault={data.fault} />
        {/* Always there: what is announced must have somewhere to be announced. */}
        <div role="status" className="empty:hidden">
          {(announced > 0 || (isFleetOther && rows.length > 0)) && (
            <p className="flex items-center gap-3 rounded-4 bg-accent-tint py-1 ps-3 pe-1 text-13">
              {announced > 0 ? t('hosts.new', { count: announced }) : t('hosts.fleetOther')}
              <Button look="plain" isPending={revalidation === 'loading'} onPress={revalidate}>
                {t('act.show')}
              </Button>
            </p>
          )}
        </div>
        {rows.length > 0 ? (
          <HostTable
            listed={{ ...listed, rows }}
            known={known}
            {...shown}
            rowCount={!nextCursor ? undefined : isTotalExact && !query.cursor ? data.list.total + 1 : -1}
            more={
              isEndless &&
              nextCursor && (
                <Suspense key={nextCursor} fallback={null}>
                  <MoreRows query={asked} after={{ cursor: nextCursor, rows: loaded.length }} {...shown} />
                </Suspense>
              )
            }
          />
        ) : data.fault || (query.state && isWaiting(query.state) && waiting.rows.length > 0) ? null : (
          <NothingListed isFiltered={isFiltered} clear={hostQuery.unfiltered(params)} />
        )}
        <ListPaging nextCursor={isEndless ? null : nextCursor} />
      </div>
      {selected.size > 0 && (
        <Suspense fallback={null}>
          <SelectionBar
            selected={selected}
            hosts={known.hosts}
            approved={counts.up + counts.down + counts.never}
            onClear={() => setSelection({ filter, hostIds: NOBODY_SELECTED })}
          />
        </Suspense>
      )}
    </div>
  );
}

function NothingListed({ isFiltered, clear }: { isFiltered: boolean; clear: string }) {
  const { t } = useTranslation();
  if (!isFiltered) return <EmptyState title={t('hosts.noneApproved')} text={t('hosts.noneApprovedText')} />;
  return (
    <EmptyState title={t('hosts.nothing')} text={t('hosts.nothingText')}>
      <Link to={clear} className={buttonClass('quiet')}>
        {t('list.clear')}
      </Link>
    </EmptyState>
  );
}

export const ErrorBoundary = PageProblem;
