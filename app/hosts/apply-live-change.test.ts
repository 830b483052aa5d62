import { expect, test } from 'vitest';
import { applyLiveChanges, knownHosts } from './apply-live-change';
import type { Counts, HostRow, HostState, Sample } from './host-types';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function sample(second: number): Sample {
  return {
    at: at(second),
    cpuPercent: second,
    load1: null,
    load5: null,
    load15: null,
    memoryTotalBytes: 2,
    memoryUsedBytes: 1,
    swapTotalBytes: 0,
    swapUsedBytes: 0,
    disks: [],
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
    uptimeSeconds: second,
  };
}

function host(id: string, state: HostState, latest: Sample | null = null): HostRow {
  return {
    id,
    fqdn: `${id}.example.com`,
    reportedFqdn: null,
    platform: 'linux',
    state,
    since: at(0),
    reason: null,
    isCloneSuspected: false,
    copies: 0,
    lastSeen: null,
    addresses: [],
    osName: '',
    osVersion: '',
    agentVersion: '',
    fingerprintWords: '',
    registeredAt: at(0),
    registeredFrom: '',
    certificateExpires: null,
    renewalRequestedAt: null,
    sample: latest,
  };
}

const counts: Counts = { up: 1, down: 0, never: 0, pending: 0, conflict: 0, rejected: 0, revoked: 0 };

test('a change replaces the row and is seen as a change of state only when it is one', () => {
  const known = knownHosts([host('a', 'up')]);
  const same = applyLiveChanges(known, [{ kind: 'host', host: { ...host('a', 'up'), osName: 'Debian' } }]);
  expect(same.hosts.get('a')?.osName).toBe('Debian');
  expect(same.changes.get('a')).toBeUndefined();
  const down = applyLiveChanges(same, [{ kind: 'host', host: host('a', 'down') }]);
  expect(down.changes.get('a')).toBe(1);
  expect(known.hosts.get('a')?.state).toBe('up');
});

test('a host that waited and was let in is remembered as decided, one that came up is not', () => {
  const known = knownHosts([host('a', 'pending'), host('b', 'never')]);
  const after = applyLiveChanges(known, [
    { kind: 'host', host: host('a', 'never') },
    { kind: 'host', host: host('a', 'up') },
    { kind: 'host', host: host('b', 'up') },
  ]);
  expect([...after.decided]).toEqual(['a']);
});

test('a host nobody knew is known from now on', () => {
  const { hosts } = applyLiveChanges(knownHosts([]), [{ kind: 'host', host: host('new', 'pending') }]);
  expect([...hosts.keys()]).toEqual(['new']);
});

test('samples move the row, and the line of the host whose charts are shown', () => {
  const known = knownHosts(
    [host('a', 'up', sample(1)), host('b', 'up', sample(1))],
    null,
    new Map([['a', [sample(1)]]]),
  );
  const after = applyLiveChanges(known, [
    { kind: 'sample', hostId: 'a', sample: sample(2) },
    { kind: 'sample', hostId: 'b', sample: sample(2) },
    { kind: 'sample', hostId: 'unknown', sample: sample(2) },
  ]);
  expect(after.hosts.get('b')?.sample?.cpuPercent).toBe(2);
  expect(after.series.get('a')?.map((point) => point.cpuPercent)).toEqual([1, 2]);
  expect([...after.series.keys()]).toEqual(['a']);
});

test('what the snapshot had already and the stream repeats is not drawn twice, nor drawn back', () => {
  const known = knownHosts([host('a', 'up', sample(5))], null, new Map([['a', [sample(4), sample(5)]]]));
  const after = applyLiveChanges(known, [
    { kind: 'sample', hostId: 'a', sample: sample(4) },
    { kind: 'sample', hostId: 'a', sample: sample(5) },
  ]);
  expect(after.hosts.get('a')?.sample?.cpuPercent).toBe(5);
  expect(after.series.get('a')).toHaveLength(2);
});

test('a row that brings its sample extends the line: the stream says it once', () => {
  const known = knownHosts([host('a', 'never')], null, new Map([['a', []]]));
  const { series } = applyLiveChanges(known, [{ kind: 'host', host: host('a', 'up', sample(1)) }]);
  expect(series.get('a')).toHaveLength(1);
});

test('a line is bounded, whatever time the page stays open', () => {
  let known = knownHosts([host('a', 'up')], null, new Map([['a', []]]));
  for (let second = 1; second <= 500; second++) {
    known = applyLiveChanges(known, [{ kind: 'sample', hostId: 'a', sample: sample(second) }]);
  }
  expect(known.series.get('a')).toHaveLength(360);
  expect(known.series.get('a')?.at(-1)?.cpuPercent).toBe(500);
});

test('counts are replaced, deletions marked, and what it does not know is left alone', () => {
  const known = knownHosts([host('a', 'up')]);
  const after = applyLiveChanges(known, [
    { kind: 'counts', counts },
    { kind: 'gone', hostId: 'a' },
    { kind: 'reload' },
    { kind: 'of a newer server' } as never,
  ]);
  expect(after.counts).toEqual(counts);
  expect(after.gone.has('a')).toBe(true);
  expect(after.hosts.has('a')).toBe(true);
});
