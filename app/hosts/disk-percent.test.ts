import { expect, it } from 'vitest';
import { diskPercent } from './disk-percent';

const disk = { mount: '/', filesystem: 'ext4' };

// Of an ext4 with reserved blocks, of which `df -B1` says 270553174016, 14106288128, 83687006208 and 15 %.
it('is what df shows, where blocks are reserved too', () => {
  expect(
    diskPercent({ ...disk, totalBytes: 270_553_174_016, usedBytes: 14_106_288_128, availableBytes: 83_687_006_208 }),
  ).toBe(15);
});

it('is of the whole where an older agent does not say what is available', () => {
  expect(diskPercent({ ...disk, totalBytes: 270_553_174_016, usedBytes: 14_106_288_128 })).toBe(6);
});

it('is nothing of a disk without a size', () => {
  expect(diskPercent({ ...disk, totalBytes: 0, usedBytes: 0, availableBytes: 0 })).toBe(0);
});
