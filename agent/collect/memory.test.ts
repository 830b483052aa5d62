import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseMemory } from './memory';

const captured = (name: string) => readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8');

it('is what free computes where the kernel does not say what is available', () => {
  expect(parseMemory(captured('meminfo.before-3.14'), '')).toEqual({
    memoryTotalBytes: 4_194_304 * 1024,
    memoryUsedBytes: 491_368 * 1024,
    memoryAvailableBytes: (4_194_304 - 491_368) * 1024,
    memoryCacheBytes: (1_104_392 + 15_592) * 1024,
    swapTotalBytes: 1_048_576 * 1024,
    swapUsedBytes: 131_072 * 1024,
  });
});

it('does not count what ZFS caches and would give back', () => {
  const used = (65_789_440 - 11_843_216) * 1024;
  expect(parseMemory(captured('meminfo.zfs'), '').memoryUsedBytes).toBe(used);
  expect(parseMemory(captured('meminfo.zfs'), captured('arcstats.zfs')).memoryUsedBytes).toBe(
    used - (33_601_204_224 - 2_105_262_080),
  );
});

it('throws rather than inventing a figure', () => {
  expect(() => parseMemory('MemFree: 1 kB\n', '')).toThrow('/proc/meminfo');
});
