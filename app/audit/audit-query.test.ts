import { expect, test } from 'vitest';
import { exportAddress } from '../ui/list/list-address';
import { auditLink, readAuditQuery, sameActor } from './audit-query';

const read = (query: string) => readAuditQuery(new URLSearchParams(query));

test('both days are in', () => {
  expect(read('from=2026-02-28&to=2026-02-28')).toMatchObject({
    from: '2026-02-28T00:00:00.000Z',
    to: '2026-03-01T00:00:00.000Z',
  });
});

test('days are those of the zone in the address, which stays as long as there is a day', () => {
  expect(read('from=2026-07-01&to=2026-07-01&zone=Europe/Berlin')).toMatchObject({
    from: '2026-06-30T22:00:00.000Z',
    to: '2026-07-01T22:00:00.000Z',
  });
  const params = new URLSearchParams('from=2026-07-01&zone=Europe/Berlin');
  expect(auditLink(params, { outcome: 'refused' })).toBe('/audit?from=2026-07-01&zone=Europe%2FBerlin&outcome=refused');
  expect(auditLink(params, { from: undefined })).toBe('/audit');
  expect(auditLink(new URLSearchParams(), { search: 'web', zone: 'Europe/Berlin' })).toBe('/audit?search=web');
});

test('what an address cannot mean is left out', () => {
  for (const query of [
    'from=yesterday&to=1',
    'from=1969-12-31&to=2026-13-01',
    'to=9999-12-31',
    'outcome=maybe',
    'actor=%20',
    '',
  ]) {
    expect(Object.values(read(query)).filter(Boolean), query).toEqual([]);
  }
});

test('a changed filter begins at the first page', () => {
  expect(auditLink(new URLSearchParams('actor=a&cursor=x'), { outcome: 'refused' })).toBe(
    '/audit?actor=a&outcome=refused',
  );
  expect(auditLink(new URLSearchParams('actor=a'), { actor: ' ' })).toBe('/audit');
});

test('whoever did it is followed by their id, and by their name where they have none', () => {
  const params = new URLSearchParams('actor=former@example.com&outcome=refused');
  expect(auditLink(params, sameActor({ actorId: 'id-1', actorLabel: 'ann@example.com' }))).toBe(
    '/audit?outcome=refused&actorId=id-1',
  );
  expect(
    auditLink(new URLSearchParams('actorId=id-1'), sameActor({ actorId: null, actorLabel: 'ann@example.com' })),
  ).toBe('/audit?actor=ann%40example.com');
  expect(read('actorId=id-1')).toMatchObject({ actorId: 'id-1' });
  expect(exportAddress('/audit', readAuditQuery(new URLSearchParams('actorId=id-1')), 'jsonl')).toBe(
    '/audit/export?format=jsonl&actorId=id-1',
  );
});

test('the export has every page of the same filter', () => {
  expect(
    exportAddress('/audit', readAuditQuery(new URLSearchParams('search=web 1&to=2026-01-01&cursor=x&other=1')), 'csv'),
  ).toBe('/audit/export?format=csv&search=web+1&to=2026-01-02T00%3A00%3A00.000Z');
});
