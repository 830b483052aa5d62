import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { groupByDisk, parseMounts } from './mounts';

const captured = (name: string) =>
  parseMounts(readFileSync(new URL(`../testdata/mountinfo.${name}`, import.meta.url), 'utf8'));
/** The way by which each disk is best known. */
const places = (name: string) => groupByDisk(captured(name)).map(([way]) => way!.mount);

it('finds each disk once: block devices, data sets and network file systems', () => {
  expect(places('mixed')).toEqual([
    '/',
    // Of images only their size tells that they never fill up.
    '/snap/core20/2318',
    '/boot',
    '/boot/efi',
    '/var/lib/bound',
    '/media/cdrom0',
    '/home/shared',
    '/mnt/files',
    '/tank',
    '/tank/data',
    '/mnt/remote',
  ]);
});

it('takes no composed root, document portal or desktop mount for a disk, and sees that a disk became read-only', () => {
  expect(places('composefs')).toEqual(['/etc', '/boot', '/var/mnt/failing']);
  const readOnly = groupByDisk(captured('composefs'))
    .flat()
    .filter(({ isReadOnly }) => isReadOnly);
  // Not /sysroot: the way is read-only, the disk is not.
  expect(readOnly.map(({ mount, hasTurnedReadOnly }) => [mount, hasTurnedReadOnly])).toEqual([
    ['/var/mnt/failing', true],
  ]);
});

it('tells a disk that was mounted read-only from one that became so', () => {
  const mounts = parseMounts(
    [
      '1 0 0:25 / /srv/share ro,relatime - nfs4 nas:/share ro,vers=4.2',
      '2 0 8:1 / /usr ro,relatime - ext4 /dev/sda1 ro',
      '3 0 8:2 / /var rw,relatime - ext4 /dev/sda2 ro,errors=remount-ro',
      '4 0 8:3 / /home rw,relatime - ext4 /dev/sda3 rw',
    ].join('\n'),
  );
  expect(mounts.filter(({ isReadOnly }) => isReadOnly).map(({ mount }) => mount)).toEqual([
    '/srv/share',
    '/usr',
    '/var',
  ]);
  expect(mounts.filter(({ hasTurnedReadOnly }) => hasTurnedReadOnly).map(({ mount }) => mount)).toEqual(['/var']);
});

it('takes no snapshot and no configuration that is shown as files for a disk', () => {
  expect(places('proxmox')).toEqual([
    '/',
    '/rpool',
    '/rpool/data',
    '/mnt/pve/backup',
    '/mnt/pve/cephfs',
    '/srv/pool',
    '/mnt/media',
    '/mnt/windows',
  ]);
});

it('knows one device by its number, whatever it is called', () => {
  const mounts = parseMounts('1 0 8:1 / / rw - ext4 /dev/root rw\n2 1 8:1 /data /data rw - ext4 /dev/sda1 rw\n');
  expect(groupByDisk(mounts).map((ways) => ways.map(({ mount }) => mount))).toEqual([['/', '/data']]);
});

it('reads escaped spaces', () => {
  expect(captured('mixed').map(({ mount }) => mount)).toContain('/srv/backup disk');
});

it("takes the overlay that is a container's root", () => {
  const mounts = parseMounts(
    '1 0 0:9 / / rw,relatime - overlay overlay rw,lowerdir=/a\n2 1 0:5 / /proc rw - proc proc rw\n',
  );
  expect(
    groupByDisk(mounts)
      .flat()
      .map(({ mount }) => mount),
  ).toEqual(['/']);
});

it('is not confused by odd lines', () => {
  expect(parseMounts('\n1 0 8:1 / /\n - \n')).toEqual([]);
});
