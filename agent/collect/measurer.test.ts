import { expect, it } from 'vitest';
import { createLog } from '../process/log';
import { Measurer } from './measurer';

function setUp() {
  const lines: string[] = [];
  return {
    lines,
    measurer: new Measurer(
      createLog('info', (line) => lines.push(line)),
      5,
    ),
  };
}

it('yields the fallback and logs once until it works again', async () => {
  const { lines, measurer } = setUp();
  const broken = () => {
    throw new Error('no such file');
  };
  expect(await measurer.measure('load', broken, null)).toBeNull();
  expect(await measurer.measure('load', broken, null)).toBeNull();
  expect(await measurer.measure<number | null>('load', () => 1, null)).toBe(1);
  expect(lines.map((line) => line.slice(31))).toEqual([
    'load cannot be measured: no such file\n',
    'load can be measured again\n',
  ]);
});

it('gives up on a collector that hangs', async () => {
  const { lines, measurer } = setUp();
  expect(await measurer.measure('disks', () => new Promise<string>(() => {}), 'none')).toBe('none');
  expect(lines).toEqual([expect.stringContaining('disks cannot be measured: no answer within 0.005 s')]);
});
