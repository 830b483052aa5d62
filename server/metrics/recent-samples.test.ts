import { expect, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import { createEventBus, EVERY } from '../events';
import { createRecentSamples } from './recent-samples';

const HEARTBEAT = { heartbeatSeconds: 30 };
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** The i-th measurement; half a minute lies between two. */
function sampleAt(i: number, differences: Partial<Sample> = {}): Sample {
  return {
    at: new Date(START + i * 30_000).toISOString(),
    cpuPercent: i % 100,
    load1: i / 10,
    load5: null,
    load15: null,
    memoryTotalBytes: 2 ** 40,
    memoryUsedBytes: 2 ** 40 - i,
    swapTotalBytes: 0,
    swapUsedBytes: i,
    disks: [],
    networkReceivedBytesPerSecond: i + 0.5,
    networkSentBytesPerSecond: 0,
    uptimeSeconds: i,
    ...differences,
  };
}

const pointAt = (i: number) => {
  const {
    at,
    cpuPercent,
    load1,
    memoryUsedBytes,
    swapUsedBytes,
    networkReceivedBytesPerSecond,
    networkSentBytesPerSecond,
  } = sampleAt(i);
  return {
    at,
    cpuPercent,
    load1,
    memoryUsedBytes,
    swapUsedBytes,
    networkReceivedBytesPerSecond,
    networkSentBytesPerSecond,
  };
};

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('of an unknown host there is nothing', () => {
  const samples = createRecentSamples(createEventBus(), HEARTBEAT);
  expect([samples.latest('a'), samples.series('a')]).toEqual([null, []]);
});

test.each([1, 2, 59, 60, 61, 119, 120, 121, 1000])('after %i, the last sixty remain, oldest first', (n) => {
  const samples = createRecentSamples(createEventBus(), HEARTBEAT);
  for (const i of range(0, n)) samples.add('a', sampleAt(i));
  expect(samples.series('a')).toEqual(range(Math.max(0, n - 60), n).map(pointAt));
  expect(samples.latest('a')).toEqual(sampleAt(n - 1));
});

test('what the platform does not tell stays unknown, and zero stays zero', () => {
  const samples = createRecentSamples(createEventBus(), HEARTBEAT);
  const unknown = {
    cpuPercent: null,
    load1: null,
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
  };
  samples.add('a', sampleAt(0, unknown));
  samples.add(
    'a',
    sampleAt(0, { cpuPercent: 0, load1: 0, networkReceivedBytesPerSecond: 0, networkSentBytesPerSecond: 0 }),
  );
  const [first, second] = samples.series('a');
  expect(first).toEqual({ ...pointAt(0), ...unknown });
  expect(second).toMatchObject({
    cpuPercent: 0,
    load1: 0,
    networkReceivedBytesPerSecond: 0,
    networkSentBytesPerSecond: 0,
    swapUsedBytes: 0,
  });
});

test('hosts do not share a series', () => {
  const samples = createRecentSamples(createEventBus(), HEARTBEAT);
  samples.add('a', sampleAt(1));
  samples.add('b', sampleAt(2));
  expect([samples.series('a'), samples.series('b')]).toEqual([[pointAt(1)], [pointAt(2)]]);
});

test('a deleted host leaves nothing', () => {
  const events = createEventBus();
  const samples = createRecentSamples(events, HEARTBEAT);
  samples.add('a', sampleAt(1));
  samples.add('b', sampleAt(2));
  events.emit('host.deleted', { hostId: 'a', from: 'approved' });
  expect([samples.latest('a'), samples.series('a'), samples.series('b')]).toEqual([null, [], [pointAt(2)]]);
});

test('a host that does not measure again is stale after three intervals, its own or the server’s', () => {
  const events = createEventBus();
  const samples = createRecentSamples(events, HEARTBEAT);
  const told: string[] = [];
  events.listen('host.stale', EVERY, ({ hostId }) => told.push(hostId));
  const at = (minutes: number) => START + minutes * 60_000;
  const measured = (hostId: string, ...minutes: number[]) =>
    minutes.forEach((minute) => samples.add(hostId, sampleAt(0, { at: new Date(at(minute)).toISOString() })));
  measured('usual', 58, 58.5, 59, 59.5, 60);
  measured('slow', 45, 50, 55, 60);
  // It was off for an hour: what lies between is not its interval.
  measured('back', 0, 59.5, 60);
  measured('new', 60);
  const stale = (minute: number) => ['usual', 'slow', 'back', 'new'].filter((id) => samples.isStale(id, at(minute)));
  expect(stale(61.4)).toEqual([]);
  expect(stale(61.6)).toEqual(['usual', 'back', 'new']);
  expect(stale(75.1)).toEqual(['usual', 'slow', 'back', 'new']);
  expect(samples.isStale('unknown', at(100))).toBe(false);

  samples.look(at(61.4));
  expect(told).toEqual([]);
  samples.look(at(61.6));
  samples.look(at(61.7));
  expect(told).toEqual(['usual', 'back', 'new']);
  measured('usual', 62);
  samples.look(at(62.1));
  expect(samples.isStale('usual', at(62.1))).toBe(false);
  samples.look(at(70));
  expect(told.slice(3)).toEqual(['usual']);
});
