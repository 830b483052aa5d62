import { expect, it } from 'vitest';
import { whyGap } from './why-gap';

const calm = { down: [], serverOff: [], enrolled: 0 };
const gap = { from: 100, to: 200 };

it('is that the host was down, also if it went down before the time that is shown', () => {
  const down = [
    { from: 10, to: 90, reason: 'closed' },
    { from: 95, to: 199, reason: 'silent' },
  ];
  expect(whyGap(gap, { ...calm, down })).toEqual([{ kind: 'down', since: 95, reason: 'silent' }]);
  const still = [{ from: 150, to: null, reason: 'lost' }];
  expect(whyGap(gap, { ...calm, down: still })).toEqual([{ kind: 'down', since: 150, reason: 'lost' }]);
});

it('is that no server was there to tell, and then that the host did not come back', () => {
  const serverOff = [{ from: 101, to: 180 }];
  expect(whyGap(gap, { ...calm, serverOff })).toEqual([{ kind: 'server_off', from: 101, to: 180 }]);
  const down = [{ from: 102, to: 200, reason: 'server_restart' }];
  expect(whyGap(gap, { ...calm, serverOff, down }).map(({ kind }) => kind)).toEqual(['server_off', 'down']);
});

it('is that there was no such host yet, or that nobody knows', () => {
  expect(whyGap(gap, { ...calm, enrolled: 190 })).toEqual([{ kind: 'not_enrolled' }]);
  expect(whyGap(gap, calm)).toEqual([{ kind: 'not_told' }]);
});
