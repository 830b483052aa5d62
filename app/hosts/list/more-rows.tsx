import { useRevalidator } from '@remix-run/react';
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import { memo, startTransition, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppRouter } from '../../../server/router';
import { useLive } from '../../live/use-live';
import { RowGroup } from '../../ui/list/table';
import { applyLiveChanges, knownHosts } from '../apply-live-change';
import type { HostListQuery, HostPage } from '../host-types';
import { HostTableRow, type ShownRows } from './host-table';
import { partsInView } from './rows-in-view';

/** As many rows as the page itself has: a part is read and drawn within a few frames. */
const ROWS = 50;
/** Of a row that was never seen, until it was. */
const ROW_PX = 73;
/** So long a part must have been near before its changes are asked for: who scrolls on sees none of them. */
const REST_MS = 400;
const RETRY_MS = 2000;

/** Over HTTP: what one asks over the page's socket is bounded by what it watches. */
const api = createTRPCClient<AppRouter>({ links: [httpLink({ url: '/trpc' })] });

interface Props extends ShownRows {
  query: HostListQuery;
  /** Where the list goes on behind the rows of the page itself, and how many those are. */
  after: { cursor: string; rows: number };
}

interface Part {
  cursor: string;
  height: number;
  rows: number;
}
const unseen = (cursor: string): Part => ({ cursor, height: ROWS * ROW_PX, rows: ROWS });

/**
 * The rest of the list, read as one scrolls to it. Only what is near the screen is drawn and kept; of the others there
 * is where they begin and how high they are, so that nothing moves. The part that has the focus stays.
 */
export default function MoreRows({ query, after, ...shown }: Props) {
  const [parts, setParts] = useState<readonly Part[]>(() => [unseen(after.cursor)]);
  const [[first, last], setNear] = useState<[number, number]>([0, -1]);
  const [focused, setFocused] = useState<string | null>(null);
  const start = useRef<HTMLTableSectionElement>(null);
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  // The same each time: what is read is read once.
  const onRefused = useCallback(() => latest.current(), []);

  useEffect(() => {
    let frame = 0;
    function look() {
      frame = 0;
      const near = partsInView(parts, { top: start.current!.getBoundingClientRect().top, screen: innerHeight });
      // What is on the screen already keeps moving while it is drawn.
      startTransition(() => setNear((before) => (before.join() === near.join() ? before : near)));
    }
    const soon = () => void (frame ||= requestAnimationFrame(look));
    soon();
    for (const event of ['scroll', 'resize']) addEventListener(event, soon, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      for (const event of ['scroll', 'resize']) removeEventListener(event, soon);
    };
  }, [parts]);

  const learn = useCallback(
    (cursor: string, known: Partial<Part>, next?: string | null) =>
      setParts((before) => {
        const at = before.findIndex((part) => part.cursor === cursor);
        if (at < 0) return before;
        const part = { ...before[at]!, ...known };
        const rest = before.slice(at + 1);
        // What was read anew may end elsewhere than before: what came behind it does not follow it any more.
        const isSame = next === undefined || (rest[0]?.cursor ?? null) === next;
        return [...before.slice(0, at), part, ...(isSame ? rest : next ? [unseen(next)] : [])];
      }),
    [],
  );

  const groups = [];
  let [gap, row] = [0, after.rows];
  for (const [i, part] of parts.entries()) {
    if ((i >= first && i <= last) || part.cursor === focused) {
      if (gap > 0) groups.push(<Space key={`before ${part.cursor}`} height={gap} />);
      gap = 0;
      groups.push(
        <RowsPart
          key={part.cursor}
          {...shown}
          query={query}
          part={part}
          from={row}
          onLearn={learn}
          onFocus={setFocused}
          onRefused={onRefused}
        />,
      );
    } else gap += part.height;
    row += part.rows;
  }
  return (
    <>
      <RowGroup ref={start} />
      {groups}
      <Space height={gap} />
    </>
  );
}

const Space = ({ height }: { height: number }) => (
  <RowGroup>
    {height > 0 && (
      <tr aria-hidden="true" style={{ height }}>
        <td />
      </tr>
    )}
  </RowGroup>
);

interface PartProps extends ShownRows {
  query: HostListQuery;
  part: Part;
  /** How many rows stand above it. */
  from: number;
  onLearn: (cursor: string, known: Partial<Part>, next?: string | null) => void;
  onFocus: (cursor: string | null) => void;
  onRefused: () => void;
}

/** Whether the server has answered that it will not, and not that it cannot just now. */
function isRefusal(error: unknown): boolean {
  const status = error instanceof TRPCClientError ? (error.data as { httpStatus?: number } | undefined)?.httpStatus : 0;
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

const RowsPart = memo(function RowsPart(props: PartProps) {
  const { query, part, from, onLearn, onFocus, onRefused, ...shown } = props;
  const { t } = useTranslation();
  const { cursor, height } = part;
  const [page, setPage] = useState<HostPage | null>(null);
  const [isAtRest, setAtRest] = useState(false);
  const [known, setKnown] = useState(() => knownHosts([]));
  const [fleetsOf, setFleetsOf] = useState<ShownRows['fleetsOf']>(null);
  const [isRefused, setRefused] = useState(false);
  const hasFleets = shown.fleetsOf !== null;
  const group = useRef<HTMLTableSectionElement>(null);

  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    async function read() {
      try {
        const input = { ...query, waiting: false, cursor, limit: ROWS };
        const answer = await api.hosts.list.query(input, { signal: leaving.signal });
        const hostIds = answer.hosts.map(({ id }) => id);
        const inFleets = hasFleets ? await api.fleets.ofHosts.query({ hostIds }, { signal: leaving.signal }) : null;
        // In slices: a frame that is due is not kept waiting for fifty rows.
        startTransition(() => {
          setPage(answer);
          setKnown(knownHosts(answer.hosts));
          setFleetsOf(inFleets);
          setRefused(false);
          onLearn(cursor, { rows: answer.hosts.length }, answer.nextCursor);
        });
        timer = setTimeout(() => setAtRest(true), REST_MS);
      } catch (error) {
        if (leaving.signal.aborted) return;
        // It would be refused again. Why, as that one is signed out, the page itself says when it is loaded.
        if (isRefusal(error)) {
          setRefused(true);
          onRefused();
          return;
        }
        // The line says by its sign that the server is away; until it is back, the place is kept.
        timer = setTimeout(() => void read(), RETRY_MS);
      }
    }
    void read();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [query, cursor, hasFleets, onLearn, onRefused]);

  useEffect(() => {
    const rows = group.current;
    if (!rows || !page) return;
    const observer = new ResizeObserver(() => {
      const height = rows.offsetHeight;
      if (height > 0) onLearn(cursor, { height });
    });
    observer.observe(rows);
    return () => observer.disconnect();
  }, [page, cursor, onLearn]);

  if (!page)
    return (
      <RowGroup>
        <tr data-loading={isRefused ? undefined : ''} style={{ height }}>
          <td className="align-top text-ink-3">{isRefused ? t('hosts.moreRefused') : t('wait.any')}</td>
        </tr>
      </RowGroup>
    );
  return (
    <RowGroup
      ref={group}
      onFocus={() => onFocus(cursor)}
      onBlur={({ currentTarget, relatedTarget }) => !currentTarget.contains(relatedTarget) && onFocus(null)}
    >
      {isAtRest && (
        <Following page={page} onChanges={(changes) => setKnown((before) => applyLiveChanges(before, changes))} />
      )}
      {page.hosts.map((host, i) => (
        <HostTableRow
          key={host.id}
          index={from + i}
          host={known.hosts.get(host.id) ?? host}
          isGone={known.gone.has(host.id)}
          changes={known.changes.get(host.id) ?? 0}
          isSelected={shown.selected.has(host.id)}
          fleets={fleetsOf?.[host.id]}
          onSelect={shown.onSelect}
          columns={shown.columns}
        />
      ))}
    </RowGroup>
  );
});

/** Hears what changes of these hosts, for as long as it is there. */
function Following({
  page,
  onChanges,
}: {
  page: HostPage;
  onChanges: Parameters<typeof useLive<'hosts'>>[1]['onChanges'];
}) {
  useLive('hosts', { snapshot: page, keys: page.hosts.map(({ id }) => id), onChanges });
  return null;
}
