import { expect, test } from 'vitest';
import type { SamplePoint } from '../host-types';
import { sampleSeries } from './sample-series';

function sample(second: number, cpuPercent: number | null): SamplePoint {
  return {
    at: new Date(second * 1_000).toISOString(),
    cpuPercent,
    load1: null,
    memoryUsedBytes: 1,
    swapUsedBytes: 0,
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
  };
}

test('columns line up, and what the platform does not tell stays null', () => {
  expect(sampleSeries([sample(0, 5), sample(30, null)], ['cpuPercent', 'memoryUsedBytes'])).toEqual({
    times: [0, 30],
    values: [
      [5, null],
      [1, 1],
    ],
  });
});

test('an outage breaks the line', () => {
  const { times, values } = sampleSeries([sample(0, 1), sample(30, 2), sample(60, 3), sample(660, 4)], ['cpuPercent']);
  expect(times).toEqual([0, 30, 60, 360, 660]);
  expect(values).toEqual([[1, 2, 3, null, 4]]);
});

test('a late sample is no outage', () => {
  expect(sampleSeries([sample(0, 1), sample(30, 2), sample(100, 3)], ['cpuPercent']).times).toEqual([0, 30, 100]);
});

test('no samples, no columns', () => {
  expect(sampleSeries([], ['cpuPercent'])).toEqual({ times: [], values: [[]] });
});
