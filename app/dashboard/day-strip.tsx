import { Link } from '@remix-run/react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimeZone } from '../ui/figures/clock';
import { formatInstant } from '../ui/figures/format-time';
import { dateFormat } from '../ui/figures/formatters';
import { useFigures } from '../ui/figures/use-figures';
import { Section } from '../ui/section';
import { StateSign } from '../ui/state-sign';
import type { Overview } from './overview-types';

type Quarter = Overview['day'][number];
type Counts = NonNullable<Quarter['counts']>;

const TRACKS = [
  { state: 'up', colour: 'bg-up-edge', of: ({ up }: Counts) => up },
  { state: 'down', colour: 'bg-down', of: ({ down }: Counts) => down },
  { state: 'critical', colour: 'bg-down-edge', of: ({ critical }: Counts) => critical },
  { state: 'warning', colour: 'bg-pending-edge', of: ({ warning }: Counts) => warning },
] as const;

/** A host of thousands must be seen too, in percent of the height. */
const LEAST_HEIGHT = 12;

interface Props {
  day: Overview['day'];
  /** When the quarter begins whose events are shown; null for none. */
  chosen: string | null;
}

/**
 * How many hosts were up, down and ill in each quarter of an hour of the last day; each leads to what happened in it.
 */
export function DayStrip({ day, chosen }: Props) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const { number } = useFigures();
  const [focused, setFocused] = useState<number | null>(null);
  if (day.every(({ counts }) => !counts)) return null;
  const stop = focused ?? day.length - 1;
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const to = { ArrowLeft: stop - 1, ArrowRight: stop + 1, Home: 0, End: day.length - 1 }[event.key];
    const link = to === undefined ? undefined : event.currentTarget.querySelectorAll('a')[to];
    if (!link) return;
    event.preventDefault();
    link.focus();
  };
  const words = ({ at, counts }: Quarter) => {
    const time = formatInstant(Date.parse(at), i18n.language, timeZone);
    if (!counts) return t('day.serverOff', { time });
    const { up, down, critical, warning } = counts;
    return t('day.quarter', {
      ...{ time, up: number(up), down: number(down), critical: number(critical), warning: number(warning) },
    });
  };
  const clock = dateFormat(i18n.language, { hour: 'numeric', minute: '2-digit', timeZone });
  const tracks = TRACKS.map((track) => {
    const most = Math.max(...day.map(({ counts }) => (counts ? track.of(counts) : 0)));
    return { ...track, most };
  });
  return (
    <Section
      title={t('day.title')}
      end={
        <span className="text-12 text-ink-2">
          {t('day.worst')} {day.some(({ counts }) => !counts) && t('day.grey')}
        </span>
      }
    >
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        <ul className="flex flex-col text-12" aria-label={t('day.most')}>
          {tracks.map(({ state, most }) => (
            <li key={state} className="flex h-6 items-center justify-between gap-3">
              <StateSign
                state={state}
                word={state === 'up' || state === 'down' ? t(`state.${state}`) : t(`health.state.${state}`)}
              />
              <span className="text-ink-2" suppressHydrationWarning>
                {number(most)}
              </span>
            </li>
          ))}
        </ul>
        {/* One stop for the keyboard; the arrows go from quarter to quarter. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <nav aria-label={t('day.nav')} className="flex" onKeyDown={move} dir="ltr">
          {day.map((quarter, i) => (
            <Link
              key={quarter.at}
              to={`/?quarter=${quarter.at}`}
              preventScrollReset
              tabIndex={i === stop ? 0 : -1}
              onFocus={() => setFocused(i)}
              aria-current={chosen === quarter.at ? 'time' : undefined}
              aria-label={words(quarter)}
              title={words(quarter)}
              suppressHydrationWarning
              className="group flex min-w-0 flex-1 flex-col hover:bg-line aria-[current]:bg-accent-tint"
            >
              {tracks.map(({ state, colour, of, most }) => (
                <span key={state} className="flex h-6 items-end border-b border-line px-px pt-1">
                  {quarter.counts ? (
                    of(quarter.counts) > 0 && (
                      <span
                        className={`w-full ${colour}`}
                        style={{ height: `${Math.max(LEAST_HEIGHT, (100 * of(quarter.counts)) / most)}%` }}
                      />
                    )
                  ) : (
                    <span className="h-full w-full bg-off-tint" />
                  )}
                </span>
              ))}
            </Link>
          ))}
        </nav>
        <span />
        <div aria-hidden="true" className="flex justify-between pt-1 text-12 text-ink-3" dir="ltr">
          {[0, day.length / 2, day.length - 1].map((i) => (
            <span key={i} suppressHydrationWarning>
              {clock.format(Date.parse(day[i]!.at))}
            </span>
          ))}
        </div>
      </div>
    </Section>
  );
}
