import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { localDisks, parseMounts } from './mounts';

const captured = readFileSync(new URL('../testdata/mounts.mixed', import.meta.url), 'utf8');

it('finds each local disk once and nothing else', () => {
  expect(localDisks(parseMounts(captured))).toEqual([
    { source: '/dev/mapper/vg0-root', mount: '/', filesystem: 'ext4' },
    { source: '/dev/sda2', mount: '/boot', filesystem: 'ext4' },
    { source: '/dev/sda1', mount: '/boot/efi', filesystem: 'vfat' },
    { source: '/dev/sdb1', mount: '/var/lib/bound', filesystem: 'xfs' },
    { source: 'tank', mount: '/tank', filesystem: 'zfs' },
    { source: 'tank/data', mount: '/tank/data', filesystem: 'zfs' },
  ]);
});

it('reads escaped spaces', () => {
  expect(parseMounts(captured).map(({ mount }) => mount)).toContain('/srv/backup disk');
});

it("takes the overlay that is a container's root", () => {
  const mounts = parseMounts('overlay / overlay rw 0 0\nproc /proc proc rw 0 0\n/dev/vda1 /etc/hosts ext4 rw 0 0\n');
  expect(localDisks(mounts).map(({ mount }) => mount)).toEqual(['/']);
});

it('is not confused by odd lines', () => {
  expect(parseMounts('\n/dev/sda1\n \n')).toEqual([]);
});
