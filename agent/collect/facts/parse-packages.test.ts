import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  parseApkInstalled,
  parseDpkgStatus,
  parsePackageFolders,
  parsePacmanFolders,
  parseTabbed,
  parseUninstallKeys,
} from './parse-packages';
import { createPackageReader, listVersionFolders } from './packages';

test('dpkg: what is installed, foreign architectures by name, not what left its settings behind', () => {
  const status = `Package: bash
Essential: yes
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b7
Description: GNU Bourne Again SHell
 Version: is a word in this line
 .
 Package: too

Package: libc6
Status: install ok installed
Architecture: i386
Version: 2.36-9+deb12u9

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2024b-0

Package: nginx-common
Status: deinstall ok config-files
Version: 1.22.1-9

Package: half
Status: install reinstreq half-installed
Version: 1
`;
  expect(parseDpkgStatus(status, 'amd64')).toEqual([
    ['bash', '5.2.15-2+b7'],
    ['libc6:i386', '2.36-9+deb12u9'],
    ['tzdata', '2024b-0'],
  ]);
});

test.runIf(existsSync('/var/lib/dpkg/status'))(
  'on this Debian: as many as dpkg says, in the same versions',
  async () => {
    const said = execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Status}\t${Version}\n'], { encoding: 'utf8' });
    const versions = said
      .split('\n')
      .filter((line) => line.startsWith('installed\t'))
      .map((line) => line.split('\t')[1]);
    const packages = (await createPackageReader()())!;
    expect(Object.values(packages).sort()).toEqual(versions.sort());
  },
);

// `rpm -qa --qf` on Rocky Linux 9, `pkg query` on FreeBSD 14, cut.
test('a name, a tab and a version; several versions of a kernel; no keys', () => {
  const text =
    'bash\t5.1.8-9.el9\nkernel-core\t5.14.0-427.el9\nkernel-core\t5.14.0-503.el9\nvim-minimal\t2:8.2.2637-20.el9\ngpg-pubkey\t350d275d-6279464b\n';
  expect(parseTabbed(text)).toEqual([
    ['bash', '5.1.8-9.el9'],
    ['kernel-core', '5.14.0-427.el9'],
    ['kernel-core', '5.14.0-503.el9'],
    ['vim-minimal', '2:8.2.2637-20.el9'],
  ]);
});

// /lib/apk/db/installed of Alpine 3.20, cut.
test('apk', () => {
  const text = 'C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nC:Q1def=\nP:busybox\nV:1.36.1-r29\n\n';
  expect(parseApkInstalled(text)).toEqual([
    ['musl', '1.2.5-r0'],
    ['busybox', '1.36.1-r29'],
  ]);
});

test('pacman and the packages of OpenBSD: names with hyphens and digits', () => {
  expect(parsePacmanFolders(['ALPM_DB_VERSION', 'gtk-update-icon-cache-1:4.14.4-1', 'zstd-1.5.6-1'])).toEqual([
    ['gtk-update-icon-cache', '1:4.14.4-1'],
    ['zstd', '1.5.6-1'],
  ]);
  expect(parsePackageFolders(['bash-5.2.26', 'py3-setuptools-69.2.0v0', 'vim-9.1.139-no_x11', '.lock'])).toEqual([
    ['bash', '5.2.26'],
    ['py3-setuptools', '69.2.0v0'],
    ['vim', '9.1.139-no_x11'],
  ]);
});

test('Homebrew, whose upgrade changes a folder in the folder alone', async () => {
  const cellar = mkdtempSync(join(tmpdir(), 'cellar-'));
  const build = (...path: string[]) => mkdirSync(join(cellar, ...path), { recursive: true });
  build('openssl@3', '3.3.1');
  build('wget', '.metadata');
  build('wget', '1.24.5');
  writeFileSync(join(cellar, '.keepme'), '');
  const reader = createPackageReader([
    { watched: cellar, isWatchedWithin: true, read: () => listVersionFolders(cellar) },
  ]);
  expect(await reader()).toEqual({ 'openssl@3': '3.3.1', wget: '1.24.5' });
  const before = statSync(cellar).mtimeMs;
  build('openssl@3', '3.4.0');
  expect(statSync(cellar).mtimeMs).toBe(before);
  expect(await reader()).toEqual({ 'openssl@3': '3.3.1, 3.4.0', wget: '1.24.5' });
});

// `reg query HKLM\…\Uninstall /s` on Windows Server 2022, cut.
test('Windows: programs, not the parts and updates of them', () => {
  const text = [
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\7-Zip',
    '    DisplayName    REG_SZ    7-Zip 24.08 (x64)',
    '    DisplayVersion    REG_SZ    24.08',
    '',
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{A}',
    '    DisplayName    REG_SZ    Part of something',
    '    SystemComponent    REG_DWORD    0x1',
    '',
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\AddressBook',
    '',
  ].join('\r\n');
  expect(parseUninstallKeys(text)).toEqual([['7-Zip 24.08 (x64)', '24.08']]);
});

test('the list is read anew when its file changes, and only then; none without a package manager', async () => {
  const watched = join(mkdtempSync(join(tmpdir(), 'packages-')), 'installed');
  let reads = 0;
  const read = async () => {
    reads++;
    return [
      ['kernel', '2'],
      ['kernel', '1'],
      ['bash', '5'],
    ] as const;
  };
  const reader = createPackageReader([{ watched, read: async () => [...(await read())] }]);
  expect(await reader()).toBeNull();
  writeFileSync(watched, 'a');
  expect(await reader()).toEqual({ kernel: '1, 2', bash: '5' });
  await reader();
  expect(reads).toBe(1);
  writeFileSync(watched, 'ab');
  await reader();
  expect(reads).toBe(2);
});
