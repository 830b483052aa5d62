import { expect, test } from 'vitest';
import { admit, type Machine, readAbilities } from './abilities';
import { narrowLock, readLock } from './lock';

const lock = readLock({});
const server: Machine = { platform: 'linux', isRoot: true, mayWrite: true, mayBecome: true, has: () => true };
const whyNot = (machine: Machine, kind: string) =>
  readAbilities(machine, lock).unable.find((other) => other.kind === kind);

test('root on a machine that has everything can do all of it', () => {
  expect(readAbilities(server, lock)).toMatchObject({ unable: [], whyNotRunAs: null });
});

test('an agent whose service manager keeps it from writing says so, instead of failing half-way', () => {
  const kept = { ...server, mayWrite: false, mayBecome: false };
  for (const kind of ['install_package', 'remove_package', 'update_system'])
    expect(whyNot(kept, kind)).toEqual({ kind, why: 'not_permitted', detail: '/usr' });
  expect(whyNot(kept, 'get_installed_packages')).toBeUndefined();
  expect(readAbilities(kept, lock).whyNotRunAs).toBe('not_permitted');
});

test('so does one that is not root, and one that has no tool', () => {
  expect(whyNot({ ...server, isRoot: false }, 'install_package')).toMatchObject({ detail: 'root' });
  expect(whyNot({ ...server, has: (tool) => tool !== 'shutdown' }, 'reboot_system')).toMatchObject({
    why: 'missing_tool',
  });
});

test('root can do nothing with Homebrew, which refuses it', () => {
  const mac: Machine = { ...server, platform: 'darwin' };
  for (const kind of ['install_package', 'update_system', 'get_installed_packages'])
    expect(whyNot(mac, kind)).toEqual({ kind, why: 'not_permitted', detail: 'brew as root' });
  expect(whyNot({ ...mac, isRoot: false }, 'install_package')).toBeUndefined();
});

test('the server’s rules narrow what the owner allows, and never widen it', () => {
  const owner = readLock({
    forbidden: ['reboot_system'],
    run_as: ['deploy', 'www'],
    concurrency: 3,
    output_bytes: 100,
  });
  expect(narrowLock(owner)).toEqual(owner);
  expect(narrowLock(owner, { forbidden: [], run_as: ['root', 'www'], concurrency: 64, output_bytes: 1000 })).toEqual({
    ...{ forbidden: new Set(['reboot_system']), runAs: new Set(['www']), concurrency: 3, outputBytes: 100 },
    own: owner.own,
  });
  expect(narrowLock(lock, { forbidden: ['execute_shell'], run_as: [], concurrency: 1, output_bytes: 0 })).toEqual({
    ...{ forbidden: new Set(['execute_shell']), runAs: new Set(), concurrency: 1, outputBytes: 0 },
    own: lock.own,
  });
});

test('whose rule it is that forbids something is said by its name', () => {
  const reboot = { kind: 'reboot_system' } as const;
  const asWww = { kind: 'execute_shell', script: 'id', runAs: 'www' } as const;
  const owner = readLock({ forbidden: ['reboot_system'], run_as: ['deploy'] });
  const narrowed = narrowLock(readLock({ run_as: ['www', 'deploy'] }), {
    forbidden: ['reboot_system'],
    run_as: ['deploy'],
  });
  const details = (which: typeof owner) => [reboot, asWww].map((told) => admit(told, server, which));
  const forbidden = (detail: string) => ({ reason: 'forbidden_here', detail });
  expect(details(owner)).toEqual([forbidden('commands.forbidden'), forbidden('commands.run_as')]);
  expect(details(narrowed)).toEqual([
    forbidden('configuration.commands.forbidden'),
    forbidden('configuration.commands.run_as'),
  ]);
  const said = readAbilities(server, narrowed).lock;
  expect(said).toMatchObject({ forbiddenKinds: ['reboot_system'], runAs: ['deploy'], mayRunAsItself: false });
  expect(said.own).toMatchObject({ forbiddenKinds: [], runAs: ['www', 'deploy'] });
  expect(readAbilities(server, lock).lock.mayRunAsItself).toBe(true);
});

test.each([
  ['apt-get', 'linux', true],
  ['dnf', 'linux', false],
  ['yum', 'linux', false],
  ['zypper', 'linux', false],
  ['apk', 'linux', false],
  ['pacman', 'linux', false],
  ['pkg', 'freebsd', true],
  ['pkg_add', 'openbsd', false],
  ['brew', 'darwin', false],
] as const)('what has a slash is a name to %s, or is not done', (tool, platform, isName) => {
  const others = ['dpkg-query', 'rpm', 'pkg_delete', 'pkg_info'];
  const has = (name: string) => name === tool || others.includes(name);
  const machine: Machine = { ...server, platform, has, isRoot: platform !== 'darwin' };
  for (const kind of ['install_package', 'remove_package'] as const) {
    expect(admit({ kind, packages: ['nginx'] }, machine, lock)).toHaveProperty('command');
    const admitted = admit({ kind, packages: ['nginx', 'evil/x'] }, machine, lock);
    expect(readAbilities(machine, lock).names?.withSlash).toBe(isName);
    if (isName) expect(admitted).toHaveProperty('command');
    else expect(admitted).toMatchObject({ reason: 'wrong_platform', detail: `${tool} would take evil/x for a file` });
  }
});

test.each([
  ['apt-get', 'linux', true],
  ['zypper', 'linux', false],
] as const)(
  'security updates are brought by name by %s, or not at all when they are named',
  (tool, platform, isByName) => {
    const machine: Machine = {
      ...server,
      platform,
      has: (name) => name === tool || ['dpkg-query', 'rpm'].includes(name),
    };
    const update = { kind: 'update_system', scope: 'security' } as const;
    expect(admit(update, machine, lock)).toHaveProperty('command');
    const named = admit({ ...update, packages: ['openssl'] }, machine, lock);
    if (isByName) expect(named).toHaveProperty('command');
    else expect(named).toMatchObject({ reason: 'wrong_platform', detail: expect.stringContaining(tool) });
    expect(readAbilities(machine, lock).names?.ofSecurityUpdates).toBe(isByName);
  },
);
