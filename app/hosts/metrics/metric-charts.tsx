import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Chart } from '../../ui/figures/chart';
import type { ChartUnit } from '../../ui/figures/chart-options';
import { useFigures } from '../../ui/figures/use-figures';
import type { HostChart } from '../host-types';
import { linesOf, percentOf } from './chart-lines';

type Series = HostChart['series'][number];

interface Props {
  chart: HostChart;
  asTables: boolean;
  /** Whether it ends now: then what is stale says so. */
  isLive: boolean;
  onZoom: (from: number, to: number) => void;
}

/** More disks than these are shown on demand: the fullest are what matters. */
const FIRST_DISKS = 6;

/** A chart for what belongs together, of what the machine tells; one crosshair over all of them. */
export default function MetricCharts({ chart, ...looks }: Props) {
  const { t } = useTranslation();
  const { bytes, bytesPerSecond, number, percent } = useFigures();
  const [isAll, setAll] = useState(false);
  const of = useMemo(() => new Map(chart.series.map((series) => [series.metric, series])), [chart]);
  const disks = useMemo(() => disksOf(chart.series, of), [chart, of]);
  const max = (...names: string[]) => totalOf(names.map((name) => of.get(name)));
  const common = { chart, of, ...looks };
  return (
    <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
      <Group {...common} title={t('metric.cpu')} lines={{ cpu: t('metric.cpu') }} unit="percent" format={percent} />
      <Group
        {...common}
        title={t('charts.cpuKinds')}
        lines={{ 'cpu.wait': t('charts.wait'), 'cpu.steal': t('charts.steal') }}
        unit="percent"
        format={percent}
      />
      <Group
        {...common}
        title={t('metric.memory')}
        lines={{ 'memory.used': t('metric.memory') }}
        max={max('memory.used', 'memory.available')}
        unit="bytes"
        format={bytes}
      />
      <Group
        {...common}
        title={t('metric.load')}
        lines={{ 'load.1': t('metric.load') }}
        unit="number"
        format={number}
      />
      <Group
        {...common}
        title={t('metric.network')}
        lines={{ 'network.received': t('metric.received'), 'network.sent': t('metric.sent') }}
        unit="bytes"
        format={bytesPerSecond}
      />
      <Group
        {...common}
        title={t('charts.diskTraffic')}
        lines={{ 'disk.read': t('charts.read'), 'disk.written': t('charts.written') }}
        unit="bytes"
        format={bytesPerSecond}
      />
      <Group
        {...common}
        title={t('metric.swap')}
        lines={{ 'swap.used': t('metric.swap') }}
        max={max('swap.used', 'swap.available')}
        unit="bytes"
        format={bytes}
      />
      <Group
        {...common}
        title={t('charts.processes')}
        lines={{ processes: t('charts.processes') }}
        unit="number"
        format={number}
      />
      <Group
        {...common}
        title={t('charts.loggedIn')}
        lines={{ logged_in: t('charts.loggedIn') }}
        unit="number"
        format={number}
      />
      <Group
        {...common}
        title={t('charts.temperature')}
        lines={{ temperature: t('charts.temperature') }}
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

interface GroupProps extends Props {
  of: ReadonlyMap<string, Series>;
  title: string;
  /** The metrics, and what they are called. */
  lines: Record<string, string>;
  unit: ChartUnit;
  max?: number;
  format: (value: number) => string;
}

/** One chart; nothing where the machine tells none of it. */
function Group({ chart, of, title, lines, format, asTables, isLive, onZoom, unit, max }: GroupProps) {
  const { t } = useTranslation();
  const key = JSON.stringify(lines);
  const { times, series } = useMemo(() => {
    const known = Object.entries(JSON.parse(key) as Record<string, string>).flatMap(([metric, label]) => {
      const found = of.get(metric);
      return found ? [{ found, label }] : [];
    });
    const drawn = linesOf(
      known.map(({ found }) => found),
      chart,
    );
    return { times: drawn.times, series: drawn.lines.map((line, i) => ({ label: known[i]!.label, ...line })) };
  }, [chart, of, key]);
  if (series.length === 0) return null;
  const isStale = isLive && Object.keys(lines).every((metric) => of.get(metric)?.isStale ?? true);
  const said = series.map(({ label, values, band }) => {
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
  return (
    <div className="min-w-0">
      <Chart
        {...{ title, times, series, unit, max, format, onZoom }}
        asTable={asTables}
        sync="host-metrics"
        summary={said.join(' ')}
        end={isStale && t('charts.stale')}
      />
    </div>
  );
}
