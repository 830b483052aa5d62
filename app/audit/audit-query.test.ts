import { expect, test } from 'vitest';
import { auditLink, exportLink, readAuditQuery } from './audit-query';

const read = (query: string) => readAuditQuery(new URLSearchParams(query));

test('both days are in', () => {
  expect(read('from=2026-02-28&to=2026-02-28')).toMatchObject({ from: '2026-02-28T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' });
});

test('what an address cannot mean is left out', () => {
  for (const query of ['from=yesterday&to=1', 'from=1969-12-31&to=2026-13-01', 'outcome=maybe', 'actor=%20', '']) {
    expect(Object.values(read(query)).filter(Boolean), query).toEqual([]);
  }
});

test('a changed filter begins at the first page', () => {
  expect(auditLink(new URLSearchParams('actor=a&cursor=x'), { outcome: 'refused' })).toBe('/audit?actor=a&outcome=refused');
  expect(auditLink(new URLSearchParams('actor=a'), { actor: ' ' })).toBe('/audit');
});

test('the export has every page of the same filter', () => {
  expect(exportLink(new URLSearchParams('search=web 1&to=2026-01-01&cursor=x&other=1'), 'csv')).toBe(
    '/audit/export?format=csv&search=web+1&to=2026-01-02T00%3A00%3A00.000Z',
  );
});
