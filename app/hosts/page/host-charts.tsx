import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, type ChartSeries } from '../../ui/figures/chart';
import type { ChartUnit } from '../../ui/figures/chart-options';
import { useFigures } from '../../ui/figures/use-figures';
import type { Sample, SamplePoint } from '../host-types';
import { sampleSeries, type Figure } from './sample-series';

interface Props {
  series: readonly SamplePoint[];
  latest: Sample;
  asTables: boolean;
}

/** What the machine has been doing, on one time axis: a crosshair over one chart is over all of them. */
export default function HostCharts({ series, latest, asTables }: Props) {
  const { t } = useTranslation();
  const { bytes, bytesPerSecond, number, percent } = useFigures();
  const inAll = (total: number) => t('metric.inAll', { total: bytes(total) });
  const common = { samples: series, asTable: asTables };
  return (
    <div className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
      {latest.cpuPercent !== null && (
        <FigureChart
          {...common}
          title={t('metric.cpu')}
          lines={{ cpuPercent: t('metric.cpu') }}
          unit="percent"
          format={percent}
        />
      )}
      <FigureChart
        {...common}
        title={t('metric.memory')}
        lines={{ memoryUsedBytes: t('metric.memory') }}
        unit="bytes"
        max={latest.memoryTotalBytes}
        format={bytes}
        end={inAll(latest.memoryTotalBytes)}
      />
      {latest.networkReceivedBytesPerSecond !== null && (
        <FigureChart
          {...common}
          title={t('metric.network')}
          lines={{ networkReceivedBytesPerSecond: t('metric.received'), networkSentBytesPerSecond: t('metric.sent') }}
          unit="bytes"
          format={bytesPerSecond}
        />
      )}
      {latest.load1 !== null && (
        <FigureChart
          {...common}
          title={t('metric.load')}
          lines={{ load1: t('metric.load') }}
          unit="number"
          format={number}
        />
      )}
      {latest.swapTotalBytes > 0 && (
        <FigureChart
          {...common}
          title={t('metric.swap')}
          lines={{ swapUsedBytes: t('metric.swap') }}
          unit="bytes"
          max={latest.swapTotalBytes}
          format={bytes}
          end={inAll(latest.swapTotalBytes)}
        />
      )}
    </div>
  );
}

interface FigureChartProps {
  title: string;
  samples: readonly SamplePoint[];
  /** The figures and what they are called. */
  lines: Partial<Record<Figure, string>>;
  unit: ChartUnit;
  max?: number;
  format: (value: number) => string;
  end?: ReactNode;
  asTable: boolean;
}

function FigureChart({ samples, lines, ...chart }: FigureChartProps) {
  const figures = Object.keys(lines).join();
  const labels = Object.values(lines).join('\n');
  // By value: the object is a new one at each render, and new columns would draw the canvas again.
  const { times, series } = useMemo(() => {
    const columns = sampleSeries(samples, figures.split(',') as Figure[]);
    const named = labels.split('\n').map((label, line): ChartSeries => ({ label, values: columns.values[line]! }));
    return { times: columns.times, series: named };
  }, [samples, figures, labels]);
  return <Chart {...chart} times={times} series={series} sync="host" />;
}
