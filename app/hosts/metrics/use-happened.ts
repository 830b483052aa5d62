import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRuleWords } from '../../health/use-rule-words';
import type { Gap, Limit, Mark } from '../../ui/figures/chart-overlay';
import { useTimeZone } from '../../ui/figures/clock';
import { formatInstant } from '../../ui/figures/format-time';
import { downReasons, type HostChart } from '../host-types';
import { whyGap } from './why-gap';

type Event = HostChart['events'][number];
type Rule = HostChart['limits'][number];

const TONES: Partial<Record<Event['kind'], Mark['tone']>> = {
  ...{ up: 'good', recovered: 'good', health_ok: 'good' },
  ...{ down: 'bad', revoked: 'bad', health_warning: 'bad', health_critical: 'bad' },
};

/** A threshold on the axis of a chart. */
export interface ChartLimit {
  rule: Rule;
  value: number;
}

/** What explains the lines of a host's charts, in words. */
export function useHappened(chart: Pick<HostChart, 'events' | 'down' | 'serverOff'>, enrolledAt: string) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const { limit } = useRuleWords();
  const instant = (seconds: number) => formatInstant(seconds * 1000, i18n.language, timeZone);
  const downReason = (detail: string | null) => {
    const reason = downReasons.find((known) => known === detail);
    return reason && t(`reason.${reason}`);
  };
  const words = ({ kind, detail }: Event) => {
    const reason = kind === 'down' ? downReason(detail) : undefined;
    return reason ? `${t(`event.${kind}`)}: ${reason}` : t(`event.${kind}`);
  };
  const marks = useMemo(
    () =>
      chart.events.map((event): Mark => ({ at: event.at, tone: TONES[event.kind] ?? 'neutral', text: words(event) })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the words are of the language alone
    [chart, i18n.language],
  );
  const why = (gap: { from: number; to: number }) =>
    whyGap(gap, { ...chart, enrolled: Date.parse(enrolledAt) / 1000 }).map((one) => {
      switch (one.kind) {
        case 'down': {
          const since = instant(one.since);
          const reason = downReason(one.reason);
          return reason ? t('charts.gap.downWhy', { since, reason }) : t('charts.gap.down', { since });
        }
        case 'server_off':
          return t('charts.gap.serverOff', { from: instant(one.from), to: instant(one.to) });
        case 'not_enrolled':
          return t('charts.gap.notEnrolled');
        case 'not_told':
          return t('charts.gap.notTold');
      }
    });
  const gaps = (spans: readonly { from: number; to: number }[]): Gap[] =>
    spans.map((span) => ({ ...span, text: why(span).join('; ') }));
  const limits = (of: readonly ChartLimit[]): Limit[] =>
    of.map(({ rule, value }) => ({
      value,
      tone: rule.severity,
      text: t('charts.limit', { state: t(`health.state.${rule.severity}`), limit: limit(rule) }),
    }));
  return { marks, gaps, limits, instant };
}
