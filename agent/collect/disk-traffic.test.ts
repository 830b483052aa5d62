import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isHardware, parseDiskStats } from './disk-traffic';

it('reads bytes from a captured file, and from the shorter lines of old kernels', () => {
  const captured = readFileSync(new URL('../testdata/diskstats.debian-12', import.meta.url), 'utf8');
  expect(parseDiskStats(captured).get('vda')).toEqual({ read: 8_315_754 * 512, written: 117_615_920 * 512 });
  expect([...parseDiskStats('   8    0 sda 1 2 3 4 5 6 7 8 9 10 11\n')]).toEqual([
    ['sda', { read: 3 * 512, written: 7 * 512 }],
  ]);
});

it('leaves out what is no line of a disk', () => {
  expect([...parseDiskStats('\n8 1 sda1 9 8 7 6\n')]).toEqual([]);
});

it('tells hardware from what the kernel makes of it', () => {
  expect(isHardware('../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda')).toBe(true);
  expect(isHardware('../devices/virtual/block/dm-0')).toBe(false);
});
