import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/empty-state';
import { Chart } from '../../ui/figures/chart';
import type { ChartUnit } from '../../ui/figures/chart-options';
import { useFigures } from '../../ui/figures/use-figures';
import type { HostChart } from '../host-types';
import { useSaidGaps } from '../../metrics/use-said-gaps';
import { linesOf, percentOf, type Series } from '../../metrics/chart-lines';
import { limitsOf, limitsOfDisk, limitsOfUsed } from './limits-of';
import { type ChartLimit, useHappened } from './use-happened';
import { WhatHappened } from './what-happened';

interface Props {
  chart: HostChart;
  /** When it asked to join. */
  enrolledAt: string;
  asTables: boolean;
  /** Whether it ends now: then what is stale says so. */
  isLive: boolean;
  onZoom: (from: number, to: number) => void;
}

/** More disks than these are shown on demand: the fullest are what matters. */
const FIRST_DISKS = 6;

/** A chart for what belongs together, of what the machine tells; one crosshair over all of them. */
export default function MetricCharts({ chart, enrolledAt, ...looks }: Props) {
  const { t } = useTranslation();
  const { bytes, bytesPerSecond, number, percent } = useFigures();
  const [isAll, setAll] = useState(false);
  const of = useMemo(() => new Map(chart.series.map((series) => [series.metric, series])), [chart]);
  const disks = useMemo(() => disksOf(chart.series, of), [chart, of]);
  const max = (...names: string[]) => totalOf(names.map((name) => of.get(name)));
  const happened = useHappened(chart, enrolledAt);
  const { limits: rules } = chart;
  const common = { chart, of, happened, ...looks };
  const [memory, swap] = [max('memory.used', 'memory.available'), max('swap.used', 'swap.available')];
  return (
    <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
      {chart.series.length === 0 && (
        <div className="lg:col-span-2">
          <EmptyState title={t('charts.nothing')} text={happened.gaps([chart])[0]!.text}>
            {t('charts.nothingText')}
          </EmptyState>
        </div>
      )}
      <Group
        {...common}
        title={t('metric.cpu')}
        lines={{ cpu: t('metric.cpu') }}
        limits={limitsOf(rules, 'cpu')}
        unit="percent"
        format={percent}
      />
      <Group
        {...common}
        title={t('charts.cpuKinds')}
        lines={{ 'cpu.wait': t('charts.wait'), 'cpu.steal': t('charts.steal') }}
        limits={limitsOf(rules, 'cpu.wait', 'cpu.steal')}
        unit="percent"
        format={percent}
      />
      <Group
        {...common}
        title={t('metric.memory')}
        lines={{ 'memory.used': t('metric.memory') }}
        limits={limitsOfUsed(rules, 'memory', memory)}
        max={memory}
        unit="bytes"
        format={bytes}
      />
      <Group
        {...common}
        title={t('metric.load')}
        lines={{ 'load.1': t('metric.load') }}
        limits={limitsOf(rules, 'load.1')}
        unit="number"
        format={number}
      />
      <Group
        {...common}
        title={t('metric.network')}
        lines={{ 'network.received': t('metric.received'), 'network.sent': t('metric.sent') }}
        limits={limitsOf(rules, 'network.received', 'network.sent')}
        unit="bytes"
        format={bytesPerSecond}
      />
      <Group
        {...common}
        title={t('charts.diskTraffic')}
        lines={{ 'disk.read': t('charts.read'), 'disk.written': t('charts.written') }}
        limits={limitsOf(rules, 'disk.read', 'disk.written')}
        unit="bytes"
        format={bytesPerSecond}
      />
      <Group
        {...common}
        title={t('metric.swap')}
        lines={{ 'swap.used': t('metric.swap') }}
        limits={limitsOfUsed(rules, 'swap', swap)}
        max={swap}
        unit="bytes"
        format={bytes}
      />
      <Group
        {...common}
        title={t('charts.processes')}
        lines={{ processes: t('charts.processes') }}
        limits={limitsOf(rules, 'processes')}
        unit="number"
        format={number}
      />
      <Group
        {...common}
        title={t('charts.loggedIn')}
        lines={{ logged_in: t('charts.loggedIn') }}
        limits={limitsOf(rules, 'logged_in')}
        unit="number"
        format={number}
      />
      <Group
        {...common}
        title={t('charts.temperature')}
        lines={{ temperature: t('charts.temperature') }}
        limits={limitsOf(rules, 'temperature')}
        unit="number"
        format={(degrees) => t('units.celsius', { value: number(degrees) })}
      />
      {(isAll ? disks : disks.slice(0, FIRST_DISKS)).map(({ mount, series }) => (
        <Group
          key={mount}
          {...common}
          of={new Map([[series.metric, series]])}
          title={t('charts.diskUsed', { mount })}
          lines={{ [series.metric]: t('charts.used') }}
          limits={limitsOfDisk(rules, mount)}
          unit="percent"
          format={percent}
        />
      ))}
      {disks.length > FIRST_DISKS && (
        <div className="lg:col-span-2">
          <Button onPress={() => setAll(!isAll)}>
            {isAll ? t('charts.fewerDisks') : t('charts.moreDisks', { count: disks.length - FIRST_DISKS })}
          </Button>
        </div>
      )}
      <WhatHappened chart={chart} happened={happened} />
    </div>
  );
}

/** How full each disk was, the fullest first. */
function disksOf(all: Series[], of: ReadonlyMap<string, Series>) {
  return all
    .flatMap((used) => {
      const mount = /^disk\.used:(.*)$/s.exec(used.metric)?.[1];
      const available = mount === undefined ? undefined : of.get(`disk.available:${mount}`);
      return available ? [{ mount: mount!, series: percentOf(used, available) }] : [];
    })
    .sort((a, b) => (b.series.average.at(-1) ?? 0) - (a.series.average.at(-1) ?? 0));
}

/** What all of them were together at the end, where each was measured. */
function totalOf(series: (Series | undefined)[]): number | undefined {
  const last = series.map((one) => one?.average.at(-1));
  return last.every((value) => value !== undefined) ? last.reduce((sum, value) => sum + value, 0) : undefined;
}

interface GroupProps extends Omit<Props, 'enrolledAt'> {
  of: ReadonlyMap<string, Series>;
  title: string;
  /** The metrics, and what they are called. */
  lines: Record<string, string>;
  /** The rules that are about one of the lines. */
  limits: ChartLimit[];
  happened: ReturnType<typeof useHappened>;
  unit: ChartUnit;
  max?: number;
  format: (value: number) => string;
}

/** One chart; nothing where the machine tells none of it. */
function Group({ chart, of, happened, title, lines, limits, format, asTables, isLive, ...drawing }: GroupProps) {
  const { t } = useTranslation();
  const sayGaps = useSaidGaps();
  const key = JSON.stringify(lines);
  const { times, series, spans } = useMemo(() => {
    const known = Object.entries(JSON.parse(key) as Record<string, string>).flatMap(([metric, label]) => {
      const found = of.get(metric);
      return found ? [{ found, label }] : [];
    });
    const drawn = linesOf(
      known.map(({ found }) => found),
      chart,
      chart.serverOff,
    );
    const series = drawn.lines.map((line, i) => ({ label: known[i]!.label, ...line }));
    return { times: drawn.times, series, spans: drawn.gaps };
  }, [chart, of, key]);
  if (series.length === 0) return null;
  const isStale = isLive && Object.keys(lines).every((metric) => of.get(metric)?.isStale ?? true);
  const said: string[] = series.map(({ label, values, band }) => {
    const measured = (figures: readonly (number | null)[]) => figures.filter((value) => value !== null);
    const [all, low, high] = [values, band?.low ?? values, band?.high ?? values].map(measured);
    if (all!.length === 0) return '';
    return t('charts.summary', {
      label,
      lowest: format(low!.reduce((a, b) => Math.min(a, b))),
      highest: format(high!.reduce((a, b) => Math.max(a, b))),
      average: format(all!.reduce((sum, value) => sum + value, 0) / all!.length),
    });
  });
  const gaps = happened.gaps(spans);
  const shownLimits = happened.limits(limits);
  said.push(...shownLimits.map(({ text }) => `${text}.`), ...sayGaps(gaps));
  return (
    <div className="min-w-0">
      <Chart
        {...{ title, times, series, format, gaps, limits: shownLimits, marks: happened.marks, ...drawing }}
        asTable={asTables}
        sync="host-metrics"
        summary={said.filter(Boolean).join(' ')}
        end={isStale && t('charts.stale')}
      />
    </div>
  );
}
