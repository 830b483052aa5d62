import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Instant } from '../../ui/figures/relative-time';
import { Section } from '../../ui/section';
import type { HostChart } from '../host-types';
import type { useHappened } from './use-happened';

/** More stand in the way of nothing, and are there on demand. */
const FIRST = 8;

const SIGNS = { good: '▲', bad: '▼', neutral: '◆' } as const;
const COLOURS = { good: 'text-up', bad: 'text-down', neutral: 'text-off' } as const;

interface Props {
  chart: Pick<HostChart, 'serverOff'>;
  happened: ReturnType<typeof useHappened>;
}

/** In words, what stands in the charts as marks: the latest first. */
export function WhatHappened({ chart, happened: { marks, gaps } }: Props) {
  const { t } = useTranslation();
  const [isAll, setAll] = useState(false);
  const offs = gaps(chart.serverOff).map(({ from, text }) => ({ at: from, tone: 'neutral' as const, text }));
  const all = [...marks, ...offs].sort((a, b) => b.at - a.at);
  return (
    <div className="lg:col-span-2">
      <Section title={t('charts.happened')} count={all.length || undefined}>
        {all.length === 0 && <p className="text-ink-2">{t('charts.happenedNothing')}</p>}
        <ul className="flex flex-col gap-1">
          {(isAll ? all : all.slice(0, FIRST)).map(({ at, tone, text }, i) => (
            <li key={i} className="flex flex-wrap items-baseline gap-x-3">
              <span className="w-44 text-12 text-ink-2">
                <Instant at={new Date(at * 1000).toISOString()} />
              </span>
              <span>
                <span aria-hidden="true" className={`pe-1.5 ${COLOURS[tone]}`}>
                  {SIGNS[tone]}
                </span>
                {text}
              </span>
            </li>
          ))}
        </ul>
        {!isAll && all.length > FIRST && (
          <Button onPress={() => setAll(true)}>{t('charts.happenedMore', { count: all.length - FIRST })}</Button>
        )}
      </Section>
    </div>
  );
}
