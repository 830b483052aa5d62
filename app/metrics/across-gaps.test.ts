import { expect, it } from 'vitest';
import { acrossGaps, offIn, whyAcross } from './across-gaps';

const at = (second: number) => new Date(second * 1000).toISOString();
const off = { from: at(100), to: at(200), reason: 'server_off' as const, down: [] };
const down = { from: at(300), to: at(400), reason: 'down' as const, down: [{ reason: 'silent', hosts: 2 }] };

it('is what has a part in the gap, of the server and of the hosts', () => {
  const known = acrossGaps([off, down]);
  const kinds = (from: number, to: number) => whyAcross({ from, to }, known).map(({ reason }) => reason);
  expect(kinds(90, 210)).toEqual(['server_off']);
  expect(kinds(150, 350)).toEqual(['server_off', 'down']);
  expect(kinds(200, 300)).toEqual([]);
  expect(offIn(known)).toMatchObject([{ from: 100, to: 200 }]);
});
