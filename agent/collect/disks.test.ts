import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sample } from '../protocol';
import { biggest, measure, readDisks, toDisk } from './disks';
import { parseMounts } from './mounts';
import { makeStateFolder } from '../testing';

const disk = (mount: string, total: number) => toDisk({ mount, filesystem: 'ext4', total, used: 0, available: total });

it('keeps the biggest where the wire takes no more, in the order of their mounts', () => {
  const small = Array.from({ length: 70 }, (_, i) => disk(`/small-${i}`, 10));
  const kept = biggest([...small, disk('/big', 1000), disk('/middle', 100)]);
  expect(sample.shape.disks.safeParse(kept).success).toBe(true);
  expect(kept.slice(-2).map(({ mount }) => mount)).toEqual(['/big', '/middle']);
  expect(kept[0]!.mount).toBe('/small-0');
});

it('tells of this machine what is available besides what is used, and no file as a disk', async () => {
  const disks = await readDisks();
  expect(sample.shape.disks.safeParse(disks).error).toBeUndefined();
  for (const { totalBytes, usedBytes, availableBytes } of disks) {
    expect(usedBytes + availableBytes!).toBeLessThanOrEqual(totalBytes);
  }
  expect(disks.map(({ mount }) => mount)).not.toContain('/etc/hosts');
});

it('asks a folder for the size of a disk, not a file of it that was bound into a container', async () => {
  const folder = makeStateFolder();
  const file = join(folder, 'hosts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, '');
  const [root] = parseMounts('1 0 8:1 / / rw - ext4 /dev/sda1 rw\n');
  const way = (mount: string) => ({ ...root!, mount });
  expect(await measure([way(file), way(folder)])).toMatchObject({ mount: folder });
  expect(await measure([way(file)])).toBeNull();
});
