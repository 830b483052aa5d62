import { expect, it } from 'vitest';
import { commandForMatching, jobForHosts, jobForMatching, jobForWaiting } from './job-link';
import { hostsLeft, targetsOf } from './targets';

const params = (search: string) => new URLSearchParams(search);
const asked = (link: string) => params(link.split('?')[1]!);
/** What a job would be proposed for from there, without what is not asked for. */
const matching = (link: string) => JSON.parse(JSON.stringify(targetsOf(asked(link)))) as unknown;

it('is for all of a group and no others, whatever the list is sorted by', () => {
  const down = params('state=down&downSince=2026-11-30T12:00:00.000Z&sort=cpu&cursor=x&quarter=y');
  const group = { state: 'down', downSince: '2026-11-30T12:00:00.000Z' };
  expect(matching(jobForMatching(down))).toEqual({ matching: group });
  expect(asked(jobForMatching(down)).get('act')).toBeNull();
  expect(asked(jobForMatching(down, 'rotate')).get('act')).toBe('rotate');
  expect(Object.fromEntries(asked(commandForMatching(down)))).toEqual({ matching: 'all', ...group });
  expect(commandForMatching(params(''))).toBe('/commands/new?matching=all');
});

it('is for nobody more where a filter cannot be read: the server refuses it', () => {
  const search = 'matching=all&state=offline&filter=' + 'x'.repeat(3000);
  expect(JSON.parse(JSON.stringify(targetsOf(params(search))))).toEqual({
    matching: { state: 'offline', filter: 'x'.repeat(3000) },
  });
});

it('lets in of those that wait who is new, and turns away who has the name of another, too', () => {
  const flood = params('search=web&from=192.0.2.7');
  const common = { search: 'web', from: '192.0.2.7' };
  expect(matching(jobForWaiting(flood, 'approve'))).toEqual({ matching: { ...common, filter: 'state = pending' } });
  const rejecting = jobForWaiting(params('filter=platform+%3D+linux+or+cores+%3E+3'), 'reject');
  const filter = '(platform = linux or cores > 3) and state in (pending, conflict)';
  expect(matching(rejecting)).toEqual({ matching: { filter } });
  expect(asked(rejecting).get('act')).toBe('reject');
});

it('is for all that are selected, however many: more than an address holds are beside it', () => {
  const idsOf = (many: number) =>
    Array.from({ length: many }, (_, n) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`);
  const few = jobForHosts(idsOf(200));
  expect([targetsOf(asked(few.to)), few.state]).toEqual([{ hostIds: idsOf(200) }, undefined]);
  const many = jobForHosts(idsOf(350));
  expect([many.to, hostsLeft(many.state)]).toEqual(['/jobs/new', { hostIds: idsOf(350) }]);
});

it.each([null, undefined, 'x', 7, {}, { hostIds: 'x' }, { hostIds: [{}, 'x'] }])(
  'is for nobody where %j is left',
  (state) => {
    expect(hostsLeft(state)).toBeNull();
  },
);
