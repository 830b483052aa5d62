import { expect, it } from 'vitest';
import { toCsv } from './to-csv';

const headings = {
  time: 'Zeit',
  lowest: (metric: string) => `${metric}, tiefster`,
  highest: (metric: string) => `${metric}, höchster`,
};

it('is a row a moment and a column a figure, with nothing where nothing was measured', () => {
  const cpu = { metric: 'cpu', isStale: false, at: [0, 60], average: [1.5, 2], lowest: [1, 2], highest: [2, 2] };
  const disk = { metric: 'disk.used:/a,"b"', isStale: false, at: [60], average: [7], lowest: null, highest: null };
  expect(toCsv({ series: [cpu, disk] }, headings)).toBe(
    'Zeit,cpu,"cpu, tiefster","cpu, höchster","disk.used:/a,""b"""\r\n' +
      '1970-01-01T00:00:00.000Z,1.5,1,2,\r\n' +
      '1970-01-01T00:01:00.000Z,2,2,2,7\r\n',
  );
});
