import { rest } from '../rest/operation';
import { canOnSome, router } from '../trpc';
import { inventoryFilter } from '../inventory/find-inventory';
import { acrossAnswer, acrossQuery, queryMetrics } from './query-metrics';
import { writePrometheusHosts } from './prometheus/prometheus-hosts';

/** What was measured of many hosts at once; of one host it is in `hosts`. */
export const metricsRouter = router({
  query: canOnSome('hosts.read')
    .meta(
      rest('GET', '/metrics/query', {
        tag: 'Metrics',
        summary: 'Get what was measured of many hosts',
        description:
          'Hosts as in `GET /hosts`, at most 5,000 of them, or by their ids. At most 10 metrics, 100,000 points, and 2,000,000 figures that they are made of.',
        errors: ['metrics.too_many_hosts', 'metrics.too_many_figures', 'metrics.too_many_points'],
      }),
    )
    .input(acrossQuery)
    .output(acrossAnswer)
    .query(({ ctx, input }) => queryMetrics(ctx, input)),

  /** Text, piece by piece. As a download and in no other way: `servePrometheus`. */
  prometheus: canOnSome('hosts.read')
    .input(inventoryFilter)
    .subscription(({ ctx, input }) => writePrometheusHosts(ctx, input)),
});
