import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../ui/figures/chart';
import type { ChartUnit } from '../ui/figures/chart-options';
import { useFigures } from '../ui/figures/use-figures';
import { type AcrossGap, offIn } from './across-gaps';
import type { AcrossLines } from './across-series';
import { linesOf } from './chart-lines';
import type { Range } from './range';
import { useAcrossGaps } from './use-across-gaps';
import { useSaidGaps } from './use-said-gaps';

interface Props {
  lines: ReadonlyMap<string, AcrossLines>;
  /** Why there are none, where that is known. */
  gaps: readonly AcrossGap[];
  range: Range;
  asTables: boolean;
  onZoom: (from: number, to: number) => void;
}

/** A chart for each metric of many hosts, with one crosshair over all of them. */
export default function AcrossCharts({ lines, ...looks }: Props) {
  const { t } = useTranslation();
  const { bytes, bytesPerSecond, number, percent } = useFigures();
  const charts: { metric: string; title: string; unit: ChartUnit; format: (value: number) => string }[] = [
    { metric: 'cpu', title: t('metric.cpu'), unit: 'percent', format: percent },
    { metric: 'memory.used', title: t('metric.memory'), unit: 'bytes', format: bytes },
    { metric: 'load.1', title: t('metric.load'), unit: 'number', format: number },
    { metric: 'swap.used', title: t('metric.swap'), unit: 'bytes', format: bytes },
    { metric: 'network.received', title: t('across.received'), unit: 'bytes', format: bytesPerSecond },
    { metric: 'network.sent', title: t('across.sent'), unit: 'bytes', format: bytesPerSecond },
    { metric: 'disk.read', title: t('across.read'), unit: 'bytes', format: bytesPerSecond },
    { metric: 'disk.written', title: t('across.written'), unit: 'bytes', format: bytesPerSecond },
  ];
  return (
    <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
      {charts.map(({ metric, ...chart }) => {
        const found = lines.get(metric);
        return found && <AcrossChart key={metric} lines={found} {...chart} {...looks} />;
      })}
    </div>
  );
}

interface ChartProps extends Omit<Props, 'lines'> {
  lines: AcrossLines;
  title: string;
  unit: ChartUnit;
  format: (value: number) => string;
}

function AcrossChart({ lines, gaps: known, range, title, unit, format, asTables, onZoom }: ChartProps) {
  const { t, i18n } = useTranslation();
  const sayGaps = useSaidGaps();
  const explain = useAcrossGaps(known);
  const { times, series, gaps } = useMemo(() => {
    const { average, most, highest } = lines;
    const drawn = linesOf([average, most, highest], range, offIn(known));
    const labels = [t('across.average'), t('across.most'), t('across.highest')];
    const series = drawn.lines.map((line, i) => ({ ...line, label: labels[i]! }));
    return { times: drawn.times, gaps: explain(drawn.gaps), series };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the words are of the language alone
  }, [lines, known, range, i18n.language]);
  const { average, lowest, highest } = lines.average;
  const least = (figures: readonly number[]) => figures.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (figures: readonly number[]) => figures.reduce((a, b) => Math.max(a, b), -Infinity);
  const said = t('charts.summary', {
    label: title,
    lowest: format(least(lowest!)),
    highest: format(most(highest!)),
    average: format(average.reduce((sum, value) => sum + value, 0) / average.length),
  });
  const summary = [said, ...sayGaps(gaps)].join(' ');
  return (
    <div className="min-w-0">
      <Chart {...{ title, times, series, gaps, unit, format, onZoom, summary }} asTable={asTables} sync="across" />
    </div>
  );
}
