import { Link, useSearchParams } from '@remix-run/react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../ui/frame/announcer';
import { RelativeTime } from '../ui/figures/relative-time';
import { MachineName } from '../ui/machine-text';
import { ListPaging } from '../ui/list/list-paging';
import { Section } from '../ui/section';
import { StateSign } from '../ui/state-sign';
import type { useSteadyRows } from '../ui/list/steady-rows';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { jobForWaiting } from '../jobs/job-link';
import { usePermissions } from '../permissions';
import type { KnownHosts } from './apply-live-change';
import { DecideButtons } from './decide-buttons';
import { isWaiting, type HostRow, type WaitingQuery } from './host-types';
import { hostQuery, WAITING_AFTER } from './list/list-query';
import { SystemName } from './system-name';

interface Props {
  /** From `useSteadyRows`, so that the page knows which hosts are shown here. */
  waiting: ReturnType<typeof useSteadyRows<HostRow>>;
  known: KnownHosts;
  /** How many wait in all; more than are listed when there are very many. */
  total: number;
  onDecide?: (hostId: string) => void;
  /** On the page that lists all of them: what it was filled with. Elsewhere there are only the first. */
  list?: { query: WaitingQuery; next: string | null } | null;
}

/** Those that wait for a decision, with what is needed to take it. Nothing at all while none does. */
export function WaitingHosts({ waiting: { rows, hold }, known, total, onDecide, list }: Props) {
  const { t } = useTranslation();
  useArrivals(known);
  // A filter or a page that leaves none must have a way back.
  if (rows.length === 0 && !list?.query.from && !list?.query.cursor) return null;
  const undecided = rows.filter(({ hasLeft }) => !hasLeft).length;
  return (
    <div {...hold}>
      <Section
        title={t('waiting.title')}
        count={Math.max(total, undecided) || undefined}
        end={<DecideAll isOffered={total > 1} />}
      >
        <p className="pb-2 text-12 text-ink-2">{undecided > 0 ? t('waiting.compare') : t('waiting.none')}</p>
        <Table
          label={t('waiting.title')}
          head={
            <>
              <Column>{t('waiting.host')}</Column>
              <Column>{t('waiting.address')}</Column>
              <Column>{t('waiting.fingerprint')}</Column>
              <Column>{t('waiting.acts')}</Column>
            </>
          }
        >
          {rows.map(({ row, hasLeft }) => (
            <WaitingRow
              key={row.id}
              host={row}
              hasLeft={hasLeft}
              isGone={known.gone.has(row.id)}
              changes={known.changes.get(row.id) ?? 0}
              onDecide={onDecide}
            />
          ))}
        </Table>
        {list?.query.from && <OnlyFrom address={list.query.from} />}
        {list ? (
          <ListPaging nextCursor={list.next} name={WAITING_AFTER} label={t('waiting.paging')} />
        ) : (
          total > undecided && (
            <Link to="/hosts" className="link inline-block pt-2 text-13">
              {t('waiting.more', { count: total - undecided })}
            </Link>
          )
        )}
      </Section>
    </div>
  );
}

/**
 * To the jobs that let in or turn away all that wait and match, on every page: each says first how many those are. They
 * keep their place while they are not offered, or the rows below would move.
 */
function DecideAll({ isOffered }: { isOffered: boolean }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const may = usePermissions();
  if (!may.has('hosts.approve')) return null;
  return (
    <span className={`flex gap-x-4 text-13 ${isOffered ? '' : 'invisible'}`}>
      {(['approve', 'reject'] as const).map((act) => (
        <Link key={act} to={jobForWaiting(params, act)} className="link">
          {t(`waiting.${act}All`)}
        </Link>
      ))}
    </span>
  );
}

/** Which of them are shown, and the way back to all. */
function OnlyFrom({ address }: { address: string }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  return (
    <p className="pt-2 text-13">
      {t('waiting.onlyFrom', { address })}{' '}
      <Link to={hostQuery.link(params, { from: undefined })} className="link">
        {t('waiting.anywhere')}
      </Link>
    </p>
  );
}

interface RowProps {
  host: HostRow;
  hasLeft: boolean;
  isGone: boolean;
  changes: number;
  onDecide: Props['onDecide'];
}

/**
 * A host that waits. Once it is decided it is one of the list and none of these: an empty row keeps its place open, as
 * high as it was, for as long as somebody may be about to press something near it.
 */
const WaitingRow = memo(function WaitingRow({ host, hasLeft, isGone, changes, onDecide }: RowProps) {
  const { t } = useTranslation();
  const isDecided = hasLeft && !isGone;
  const [fingerprint, setFingerprint] = useState<HTMLElement | null>(null);
  const height = useRowHeight(fingerprint);
  return (
    <Row
      changes={changes}
      isFaded={isGone}
      height={isDecided ? height : undefined}
      className="max-sm:flex max-sm:flex-col max-sm:gap-2 max-sm:py-3"
    >
      <HeadCell>
        {isDecided ? (
          <span className="text-ink-2">{t('waiting.decided')}</span>
        ) : (
          <>
            <span className="flex flex-wrap items-baseline gap-x-3">
              <Link to={`/hosts/${host.id}`} data-row="" className="font-semibold wrap-anywhere hover:underline">
                <MachineName name={host.fqdn} />
              </Link>
              <StateSign state={host.state} word={t(`state.${host.state}`)} />
            </span>
            <span className="block text-12 text-ink-2">
              <SystemName host={host} />
            </span>
            {host.state === 'conflict' && (
              <span className="block max-w-md pt-1 text-12 text-ink-2">{t('waiting.conflict')}</span>
            )}
          </>
        )}
      </HeadCell>
      <Cell>
        {!isDecided && (
          <>
            <span className="mono block text-12 wrap-anywhere">{host.addresses.slice(0, 3).join(' ')}</span>
            <span className="block text-12 text-ink-2">
              <Link to={`/hosts?from=${encodeURIComponent(host.registeredFrom)}`} className="hover:underline">
                {t('waiting.askedFrom', { address: host.registeredFrom })}
              </Link>
              {' · '}
              <RelativeTime at={host.registeredAt} />
            </span>
          </>
        )}
      </Cell>
      <Cell>
        {/* Never cut: a word that is out of sight is not compared. */}
        {!isDecided && (
          <span ref={setFingerprint} className="mono block max-w-56 text-13 leading-5">
            {host.fingerprintWords}
          </span>
        )}
      </Cell>
      <Cell className="sm:w-52">
        {isGone ? (
          t('waiting.goneNow')
        ) : (
          <DecideButtons host={host} isList hasLeft={hasLeft} onDecide={() => onDecide?.(host.id)} />
        )}
      </Cell>
    </Row>
  );
});

/** How high the row around something is, or was when it was last there. */
function useRowHeight(within: HTMLElement | null): number | undefined {
  const [height, setHeight] = useState<number>();
  useEffect(() => {
    const row = within?.closest('tr');
    if (!row) return;
    const observer = new ResizeObserver(() => within?.isConnected && setHeight(row.offsetHeight));
    observer.observe(row);
    return () => observer.disconnect();
  }, [within]);
  return height;
}

/** Says aloud who has just asked to join; who waited when the page was opened is there to be read. */
function useArrivals(known: KnownHosts) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const waiting = useMemo(() => [...known.hosts.values()].filter(({ state }) => isWaiting(state)), [known]);
  const heard = useRef<Set<string>>();
  useEffect(() => {
    const isFirst = !heard.current;
    heard.current ??= new Set();
    for (const { id, fqdn } of waiting) {
      if (!heard.current.has(id) && !isFirst) announce(t('waiting.arrived', { host: fqdn }));
      heard.current.add(id);
    }
  }, [waiting, announce, t]);
}
