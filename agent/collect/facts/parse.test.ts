import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { networksOf, parseResolvConf } from './network';
import { readLinux } from './reboot';
import { parseLaunchctl, parseNames, parseOpenRc, parseScQuery, parseServiceE, parseSystemd } from './services';
import { parsePasswd } from './users';

// `systemctl list-unit-files` and `list-units --all` with `--plain --no-legend`, of Debian 12, cut.
test('systemd: what starts with the machine, what runs, what failed; no templates, nothing that is not there', () => {
  const files = [
    'apt-daily.service                          static          -',
    'cron.service                               enabled         enabled',
    'getty@.service                             enabled         enabled',
    'nginx.service                              disabled        enabled',
  ].join('\n');
  const units = [
    'apt-daily.service        loaded    activating start   Daily apt download activities',
    'cron.service             loaded    active   running Regular background program processing daemon',
    'getty@tty1.service       loaded    active   running Getty on tty1',
    'auditd.service           not-found inactive dead    auditd.service',
    'nginx.service            loaded    failed   failed  A high performance web server',
  ].join('\n');
  expect(parseSystemd(files, units)).toEqual([
    { name: 'apt-daily.service', start: 'static', state: 'stopped' },
    { name: 'cron.service', start: 'enabled', state: 'running' },
    { name: 'nginx.service', start: 'disabled', state: 'failed' },
    { name: 'getty@tty1.service', start: '', state: 'running' },
  ]);
});

test('OpenRC, rcctl, rc.d, Windows and launchd, as each says it', () => {
  expect(parseOpenRc('      sshd |      default\n', '[default]\nsshd =  started\ncrond =  crashed\n')).toEqual([
    { name: 'sshd', start: 'default', state: 'running' },
    { name: 'crond', start: '', state: 'failed' },
  ]);
  expect(parseNames('cron\nntpd\n', 'cron\n', 'ntpd\n')).toEqual([
    { name: 'cron', start: 'enabled', state: 'running' },
    { name: 'ntpd', start: 'enabled', state: 'failed' },
  ]);
  expect(parseServiceE('/etc/rc.d/cron\n/usr/local/etc/rc.d/nginx\n')).toEqual([
    { name: 'cron', start: 'enabled' },
    { name: 'nginx', start: 'enabled' },
  ]);
  const block = (name: string, state: string) =>
    `SERVICE_NAME: ${name}\r\nDISPLAY_NAME: x\r\n        STATE              : ${state} \r\n`;
  expect(parseScQuery(`${block('Dnscache', '4  RUNNING')}\r\n${block('Fax', '1  STOPPED')}`)).toEqual([
    { name: 'Dnscache', start: '', state: 'running' },
    { name: 'Fax', start: '', state: 'stopped' },
  ]);
  expect(parseLaunchctl('PID\tStatus\tLabel\n312\t0\tcom.openssh.sshd\n-\t0\tcom.apple.x\n')).toEqual([
    { name: 'com.openssh.sshd', start: '', state: 'running' },
    { name: 'com.apple.x', start: '', state: 'stopped' },
  ]);
});

test('passwd: who has an account, never the password field', () => {
  const facts = parsePasswd('# comment\nroot:$6$hash:0:0:root:/root:/bin/bash\nbroken\nada:x:1000:1000::/home/ada:\n');
  expect(facts).toEqual({
    'root.uid': 0,
    'root.gid': 0,
    'root.home': '/root',
    'root.shell': '/bin/bash',
    'ada.uid': 1000,
    'ada.gid': 1000,
    'ada.home': '/home/ada',
    'ada.shell': '',
  });
});

test('IPv6 by its network, once; name servers', () => {
  expect(networksOf(['2001:db8::1/64', '2001:db8::2/64', 'fe80::1%eth0', '2001:db8:1:2:3:4:5:6'])).toEqual([
    '2001:db8:0:0::/64',
    '2001:db8:1:2::/64',
    'fe80:0:0:0::/64',
  ]);
  expect(
    parseResolvConf('# nameserver 192.0.2.9\nnameserver 192.0.2.1\nsearch example.com\n nameserver ::1\n'),
  ).toEqual(['192.0.2.1', '::1']);
});

test('a restart is required by mark, with the packages that asked for it, or when the modules of the kernel are gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reboot-'));
  const at = { mark: join(folder, 'reboot-required'), modules: join(folder, 'modules'), kernel: '6.1.0-13' };
  expect(await readLinux(at), 'a container').toBeNull();
  mkdirSync(join(at.modules, '6.1.0-18'), { recursive: true });
  expect(await readLinux(at)).toEqual({ required: true, why: 'kernel 6.1.0-13 was replaced' });
  mkdirSync(join(at.modules, '6.1.0-13'));
  expect(await readLinux(at)).toEqual({ required: false });
  for (const [kernel, is] of Object.entries({
    '6.1.0-9': 'earlier',
    '6.1.0-21': 'gone, but for what was built for it',
    '6.1.0-21-rt': 'of another kind',
  })) {
    mkdirSync(join(at.modules, kernel), { recursive: true });
    if (!is.startsWith('gone')) writeFileSync(join(at.modules, kernel, 'modules.dep'), '');
    expect(await readLinux(at), is).toEqual({ required: false });
  }
  writeFileSync(join(at.modules, '6.1.0-18', 'modules.dep'), '');
  expect(await readLinux(at), 'one beside another').toEqual({ required: true, why: 'kernel 6.1.0-18' });
  writeFileSync(at.mark, '*** System restart required ***\n');
  writeFileSync(`${at.mark}.pkgs`, 'linux-image-6.1.0-18\nlibc6\nlibc6\n');
  expect(await readLinux(at)).toEqual({ required: true, why: 'libc6, linux-image-6.1.0-18' });
});

test.each([
  ['5.14.0-427.el9.x86_64', '5.14.0-427.13.1.el9_4.x86_64'],
  ['6.8.9-300.fc40.x86_64', '6.10.3-200.fc40.x86_64'],
  ['6.9.1-arch1-1', '6.9.1-arch1-2'],
  ['6.4.0-150600.23.7-default', '6.4.0-150600.23.14-default'],
])('where %s runs, %s waits for a restart, and not the other way round', async (earlier, later) => {
  const modules = mkdtempSync(join(tmpdir(), 'reboot-'));
  for (const kernel of [earlier, later]) {
    mkdirSync(join(modules, kernel));
    writeFileSync(join(modules, kernel, 'modules.dep'), '');
  }
  const at = { mark: join(modules, 'reboot-required'), modules };
  expect(await readLinux({ ...at, kernel: earlier })).toEqual({ required: true, why: `kernel ${later}` });
  expect(await readLinux({ ...at, kernel: later })).toEqual({ required: false });
});
