import { expect, test } from 'vitest';
import { applyLiveChanges, knownHosts } from './apply-live-change';
import type { HostRow, HostState, Sample } from './host-types';

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
    health: null,
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
    isSampleStale: false,
    tags: [],
    agentTags: [],
  };
}

const value = (row: HostRow) => ({ kind: 'value' as const, key: row.id, value: row });
const patch = (key: string, fields: Partial<HostRow>) => ({ kind: 'patch' as const, key, patch: fields });

test('a change replaces the row and is seen as a change of state only when it is one', () => {
  const known = knownHosts([host('a', 'up')]);
  const same = applyLiveChanges(known, [value({ ...host('a', 'up'), osName: 'Debian' })]);
  expect(same.hosts.get('a')?.osName).toBe('Debian');
  expect(same.changes.get('a')).toBeUndefined();
  const down = applyLiveChanges(same, [value(host('a', 'down'))]);
  expect(down.changes.get('a')).toBe(1);
  expect(known.hosts.get('a')?.state).toBe('up');
});

test('a host that waited and was let in is remembered as decided, one that came up is not', () => {
  const known = knownHosts([host('a', 'pending'), host('b', 'never')]);
  const after = applyLiveChanges(known, [value(host('a', 'never')), value(host('a', 'up')), value(host('b', 'up'))]);
  expect([...after.decided]).toEqual(['a']);
});

test('a host nobody knew is known from now on', () => {
  const { hosts } = applyLiveChanges(knownHosts([]), [value(host('new', 'pending'))]);
  expect([...hosts.keys()]).toEqual(['new']);
});

test('samples move the row, and the line of the host whose charts are shown', () => {
  const known = knownHosts([host('a', 'up', sample(1)), host('b', 'up', sample(1))], new Map([['a', [sample(1)]]]));
  const after = applyLiveChanges(known, [
    patch('a', { sample: sample(2) }),
    patch('b', { sample: sample(2) }),
    patch('unknown', { sample: sample(2) }),
  ]);
  expect(after.hosts.get('b')?.sample?.cpuPercent).toBe(2);
  expect(after.series.get('a')?.map((point) => point.cpuPercent)).toEqual([1, 2]);
  expect([...after.series.keys()]).toEqual(['a']);
});

test('what the snapshot had already and the stream repeats is not drawn twice, nor drawn back', () => {
  const known = knownHosts([host('a', 'up', sample(5))], new Map([['a', [sample(4), sample(5)]]]));
  const after = applyLiveChanges(known, [patch('a', { sample: sample(4) }), patch('a', { sample: sample(5) })]);
  expect(after.hosts.get('a')?.sample?.cpuPercent).toBe(5);
  expect(after.series.get('a')).toHaveLength(2);
});

test('a row that brings its sample extends the line: the stream says it once', () => {
  const known = knownHosts([host('a', 'never')], new Map([['a', []]]));
  const { series } = applyLiveChanges(known, [value(host('a', 'up', sample(1)))]);
  expect(series.get('a')).toHaveLength(1);
});

test('a line is bounded, whatever time the page stays open', () => {
  let known = knownHosts([host('a', 'up')], new Map([['a', []]]));
  for (let second = 1; second <= 500; second++) {
    known = applyLiveChanges(known, [patch('a', { sample: sample(second) })]);
  }
  expect(known.series.get('a')).toHaveLength(360);
  expect(known.series.get('a')?.at(-1)?.cpuPercent).toBe(500);
});

test('deletions are marked, and what it does not know is left alone', () => {
  const known = knownHosts([host('a', 'up')]);
  const after = applyLiveChanges(known, [{ kind: 'gone', key: 'a' }, patch('unknown', { state: 'up' })]);
  expect(after.gone.has('a')).toBe(true);
  expect([...after.hosts.keys()]).toEqual(['a']);
});

test('a patch changes its fields and no others, and a change of state is seen as one', () => {
  const known = knownHosts([host('a', 'up', sample(1))]);
  const after = applyLiveChanges(known, [patch('a', { state: 'down', reason: 'lost', since: at(9) })]);
  expect(after.hosts.get('a')).toEqual({ ...host('a', 'down', sample(1)), reason: 'lost', since: at(9) });
  expect(after.changes.get('a')).toBe(1);
});

test('what stays as it is stays the same object, so that its row is not rendered again', () => {
  const known = knownHosts([host('a', 'up'), host('b', 'up')]);
  const after = applyLiveChanges(known, [patch('a', { state: 'down' }), value(host('b', 'up'))]);
  expect(after.hosts.get('b')).toBe(known.hosts.get('b'));
  expect(applyLiveChanges(known, [value(host('a', 'up')), patch('b', { state: 'up' })])).toBe(known);
});

test('a sample is stale until a newer one comes, and an older one that is repeated says nothing of that', () => {
  const known = knownHosts([host('a', 'up', sample(5))]);
  const stale = applyLiveChanges(known, [patch('a', { isSampleStale: true })]);
  expect(stale.hosts.get('a')).toMatchObject({ isSampleStale: true, sample: { cpuPercent: 5 } });
  const repeated = applyLiveChanges(stale, [patch('a', { sample: sample(4), isSampleStale: false })]);
  expect(repeated.hosts.get('a')?.isSampleStale).toBe(true);
  const newer = applyLiveChanges(repeated, [patch('a', { sample: sample(6), isSampleStale: false })]);
  expect(newer.hosts.get('a')).toMatchObject({ isSampleStale: false, sample: { cpuPercent: 6 } });
});
