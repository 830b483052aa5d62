import { expect, test } from 'vitest';
import { createCounter, createHistogram, type Family, writeFamilies } from './exposition';

const unheard = (name: string, error: unknown) => expect.fail(`${name}: ${String(error)}`);

test('a counter has all its values from the beginning', async () => {
  const counter = createCounter({ name: 'calls_total', help: 'Calls.' }, 'result', ['good', 'bad']);
  counter.inc('good');
  counter.inc('good');
  expect(await writeFamilies([counter], unheard)).toBe(
    '# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{result="good"} 2\ncalls_total{result="bad"} 0\n',
  );
});

test('a histogram counts in each bucket whatever is at most its bound', async () => {
  const histogram = createHistogram({ name: 'time_seconds', help: 'Time.' }, [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
  expect((await writeFamilies([histogram], unheard)).split('\n').slice(2)).toEqual([
    'time_seconds_bucket{le="0.1"} 2',
    'time_seconds_bucket{le="1"} 3',
    'time_seconds_bucket{le="+Inf"} 4',
    'time_seconds_sum 7.65',
    'time_seconds_count 4',
    '',
  ]);
});

test('text of others breaks no line', async () => {
  const family: Family = {
    name: 'told',
    help: 'One\nline \\ two.',
    type: 'gauge',
    samples: () => [{ labels: { said: 'a "b" \\ c\nd' }, value: 1 }],
  };
  expect(await writeFamilies([family], unheard)).toBe(
    '# HELP told One\\nline \\\\ two.\n# TYPE told gauge\ntold{said="a \\"b\\" \\\\ c\\nd"} 1\n',
  );
});

test('what cannot be measured now is told and left out, and the others are there', async () => {
  const broken: Family = { name: 'broken', help: 'x', type: 'gauge', samples: () => Promise.reject(new Error('away')) };
  const whole: Family = { name: 'whole', help: 'x', type: 'gauge', samples: () => [{ value: 1 }] };
  const told: string[] = [];
  const text = await writeFamilies([broken, whole], (name, error) => told.push(`${name}: ${(error as Error).message}`));
  expect(told).toEqual(['broken: away']);
  expect(text).toBe('# HELP whole x\n# TYPE whole gauge\nwhole 1\n');
});
