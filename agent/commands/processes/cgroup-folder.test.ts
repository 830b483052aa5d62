import { expect, it } from 'vitest';
import { cgroupFolder } from './cgroup-folder';

const ROOT = '31 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n';

it.each([
  [
    'systemd alone',
    '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate',
    '0::/system.slice/sysmanage-agent.service',
    '/sys/fs/cgroup/system.slice/sysmanage-agent.service',
  ],
  [
    'beside version 1',
    '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
    '8:pids:/\n0::/',
    '/sys/fs/cgroup/unified/',
  ],
  [
    "a container that sees its host's names",
    '900 800 0:30 /docker/abc /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw',
    '0::/docker/abc',
    '/sys/fs/cgroup',
  ],
  ['none mounted', '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu', '0::/', null],
  ['version 1 alone', '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu', '8:pids:/', null],
])('finds where the own control group is: %s', (_what, mountinfo, cgroup, expected) => {
  expect(cgroupFolder(`${ROOT}${mountinfo}\n`, `${cgroup}\n`)).toBe(expected);
});
