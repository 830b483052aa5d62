import type { ParseKeys } from 'i18next';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Connection =
  | { state: 'connecting' | 'live' | 'offline' }
  /** `lostAt` in milliseconds since 1970. */
  | { state: 'reconnecting'; lostAt: number }
  /** The server answers, and its live stream does not get through; `why` says what to do. */
  | { state: 'blocked'; why: ParseKeys };

const DOTS = {
  connecting: 'border-2 border-off-edge',
  live: 'bg-up',
  reconnecting: 'border-2 border-pending-edge',
  offline: 'border-2 border-down-edge',
  blocked: 'border-2 border-pending-edge',
} as const;

const WORDS = {
  connecting: 'text-ink-3',
  live: 'text-ink-2',
  reconnecting: 'text-pending',
  offline: 'text-down',
  blocked: 'text-pending',
} as const;

/**
 * Whether what the page shows is the present. The seconds are for eyes alone: read out each second, they would drown
 * all else.
 */
export function ConnectionIndicator({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { state } = connection;
  return (
    <p
      className={`flex items-center gap-2 text-12 font-medium whitespace-nowrap ${WORDS[state]}`}
      data-connection={state}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${DOTS[state]}`} />
      <span
        role="status"
        title={t(`connection.${state}.meaning`)}
        className={state === 'live' ? 'max-sm:sr-only' : undefined}
      >
        {t(`connection.${state}.word`)}
      </span>
      {state === 'reconnecting' && <Seconds since={connection.lostAt} />}
    </p>
  );
}

function Seconds({ since }: { since: number }) {
  const { i18n } = useTranslation();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1_000));
  return (
    <span aria-hidden="true">
      {new Intl.NumberFormat(i18n.language, { style: 'unit', unit: 'second', unitDisplay: 'short' }).format(seconds)}
    </span>
  );
}
