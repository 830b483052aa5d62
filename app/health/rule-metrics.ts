import type { HealthRule } from './health-types';

type MetricName = HealthRule['metric'];
type Dashed<Name extends string> = Name extends `${infer A}_${infer B}` ? `${A}-${Dashed<B>}` : Name;
type WordOf<Name extends string> = Name extends `${infer A}.${infer B}` ? `${A}_${Dashed<B>}` : Dashed<Name>;

/** In what a metric is measured: how its figures are shown and typed. */
type MetricUnit = 'percent' | 'bytes' | 'bytesPerSecond' | 'seconds' | 'days' | 'celsius' | 'number' | 'flag';

/**
 * What rules can be about, in the order that they are offered in. Each is a word, `health.metric.NAME`: a dot would
 * stand for a part of the words, so it is `_` there, and `_` is `-`.
 */
export const ruleMetrics = {
  silence: 'seconds',
  cpu: 'percent',
  cpu_user: 'percent',
  cpu_system: 'percent',
  cpu_wait: 'percent',
  cpu_steal: 'percent',
  load_1: 'number',
  load_5: 'number',
  load_15: 'number',
  'memory_used-percent': 'percent',
  memory_used: 'bytes',
  memory_available: 'bytes',
  memory_cache: 'bytes',
  'swap_used-percent': 'percent',
  swap_used: 'bytes',
  swap_available: 'bytes',
  'disk_used-percent': 'percent',
  disk_used: 'bytes',
  disk_available: 'bytes',
  'disk_inodes-used-percent': 'percent',
  'disk_inodes-used': 'number',
  'disk_inodes-available': 'number',
  'disk_read-only': 'flag',
  disk_read: 'bytesPerSecond',
  disk_written: 'bytesPerSecond',
  network_received: 'bytesPerSecond',
  network_sent: 'bytesPerSecond',
  temperature: 'celsius',
  processes: 'number',
  'logged-in': 'number',
  uptime: 'seconds',
  clock_offset: 'seconds',
  certificate_days: 'days',
} as const satisfies Record<WordOf<MetricName>, MetricUnit>;
export type MetricWord = keyof typeof ruleMetrics;

export const metricWords = Object.keys(ruleMetrics) as MetricWord[];

export const metricName = (word: MetricWord) => word.replace('_', '.').replaceAll('-', '_') as MetricName;
const WORDS = new Map<string, MetricWord>(metricWords.map((word) => [metricName(word), word]));

/** Undefined for what a newer server knows. */
export const metricWord = (name: string): MetricWord | undefined => WORDS.get(name);

export const isOfDisks = (word: MetricWord) =>
  word.startsWith('disk_') && word !== 'disk_read' && word !== 'disk_written';
