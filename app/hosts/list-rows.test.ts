import { expect, test } from 'vitest';
import { knownHosts } from './apply-live-change';
import type { HostRow } from './host-types';
import { isListed, waitingRows } from './list-rows';

function host(fqdn: string, change: Partial<HostRow> = {}): HostRow {
  return {
    id: fqdn,
    fqdn,
    reportedFqdn: null,
    platform: 'linux',
    state: 'up',
    since: '2026-01-01T00:00:00Z',
    reason: null,
    health: null,
    isCloneSuspected: false,
    copies: 0,
    lastSeen: null,
    addresses: ['10.0.0.1', '2001:db8::1'],
    osName: '',
    osVersion: '',
    agentVersion: '',
    fingerprintWords: '',
    registeredAt: '2026-01-01T00:00:00Z',
    registeredFrom: '',
    certificateExpires: null,
    renewalRequestedAt: null,
    sample: null,
    isSampleStale: false,
    tags: [],
    agentTags: [],
    ...change,
  };
}

test('the waiting are listed oldest first, and those deleted meanwhile are not', () => {
  const known = knownHosts([
    host('late', { state: 'conflict', registeredAt: '2026-01-03T00:00:00Z' }),
    host('early', { state: 'pending', registeredAt: '2026-01-01T00:00:00Z' }),
    host('deleted', { state: 'pending' }),
    host('decided'),
  ]);
  const rows = waitingRows({ ...known, gone: new Set(['deleted']) }, {});
  expect(rows.map(({ fqdn }) => fqdn)).toEqual(['early', 'late']);
});

test('a filter by one of their states leaves those in sight', () => {
  const known = knownHosts([host('p', { state: 'pending' }), host('c', { state: 'conflict' })]);
  expect(waitingRows(known, { state: 'pending' }).map(({ fqdn }) => fqdn)).toEqual(['p']);
  expect(waitingRows(known, { state: 'conflict' }).map(({ fqdn }) => fqdn)).toEqual(['c']);
});

test.each([
  [{}, true],
  [{ search: 'WEB' }, true],
  [{ search: '2001:DB8' }, true],
  [{ search: 'db-' }, false],
  [{ platform: 'windows' as const }, false],
  [{ state: 'down' as const }, false],
])('the filter %j lists web-01: %j', (filter, listed) => {
  expect(isListed(host('web-01'), filter)).toBe(listed);
});

test('whoever waits is above the list and never in it', () => {
  expect(isListed(host('web-01', { state: 'pending' }), {})).toBe(false);
});
