import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Family } from './exposition';

/** How often the event loop's delay is looked at, in ms; the histogram's own times hold it. */
const RESOLUTION_MS = 10;

/** What Prometheus' own libraries say of a process and of Node, under the same names: dashboards know them. */
export function processFamilies(): Family[] {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const delayed = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
  const startedAt = Date.now() / 1000 - process.uptime();
  return [
    gauge(
      'process_cpu_seconds_total',
      'Processor time of this process.',
      () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
      'counter',
    ),
    gauge('process_resident_memory_bytes', 'Memory of this process that is in RAM.', () => process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'When it started, as Unix time.', () => startedAt),
    ...(process.platform === 'linux'
      ? [gauge('process_open_fds', 'Files and sockets that it has open.', () => readdirSync('/proc/self/fd').length)]
      : []),
    gauge('nodejs_heap_size_used_bytes', 'JavaScript memory in use.', () => process.memoryUsage().heapUsed),
    {
      name: 'nodejs_eventloop_lag_seconds',
      help: 'How much later than wanted a timer came, since it was last asked for.',
      type: 'gauge',
      samples() {
        const quantiles = { '0.5': delay.percentile(50), '0.99': delay.percentile(99), '1': delay.max };
        delay.reset();
        return Object.entries(quantiles).map(([quantile, value]) => ({ labels: { quantile }, value: delayed(value) }));
      },
    },
  ];
}

function gauge(name: string, help: string, read: () => number, type: 'gauge' | 'counter' = 'gauge'): Family {
  return { name, help, type, samples: () => [{ value: read() }] };
}
