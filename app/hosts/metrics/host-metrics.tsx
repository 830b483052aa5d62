import { useNavigate } from '@remix-run/react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { ChartFrame } from '../../metrics/chart-frame';
import { type Range, spanSearch } from '../../metrics/range';
import type { HostChart, HostDetail } from '../host-types';

// Drawing begins when the page works.
const MetricCharts = lazy(() => import('./metric-charts'));

/** Often enough for what one sample is apart from the next. */
const RELOAD_MS = 15_000;

interface Props {
  host: HostDetail;
  range: Range;
  chart: HostChart;
}

/** What was measured, as far back as it is kept. Which part of it is shown stands in the address. */
export function HostMetrics({ host, range, chart }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <ChartFrame
      {...{ range, width: chart.width, series: chart.series }}
      finest={t('charts.samples')}
      name={host.fqdn}
      link={(search) => search}
      reloadMs={RELOAD_MS}
    >
      {(asTables) => (
        <Suspense>
          <MetricCharts
            chart={chart}
            enrolledAt={host.registeredAt}
            asTables={asTables}
            isLive={range.name !== null}
            onZoom={(from, to) => navigate(spanSearch(from, to), { preventScrollReset: true })}
          />
        </Suspense>
      )}
    </ChartFrame>
  );
}
