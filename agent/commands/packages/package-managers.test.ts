import { describe, expect, it } from 'vitest';
import type { Exit } from '../machine';
import type { Acting } from '../processes/processes';
import type { Program } from '../processes/run-program';
import { updateSystem } from '../kinds/update-system';
import { apk } from './apk';
import { apt } from './apt';
import { pkg, pkgAdd } from './bsd';
import { dnf, yum } from './dnf';
import { homebrew } from './homebrew';
import { pacman } from './pacman';
import { runListing, runSteps, type PackageManager, type Step } from './package-manager';
import { chocolatey, winget } from './windows';
import { zypper } from './zypper';

const told = (steps: readonly Step[]) => steps.map(({ file, args }) => [file, ...args].join(' '));
const all = { packages: [], isSecurity: false, isDry: false };

const APT =
  'apt-get -q -y -o APT::Cmd::Pattern-Only=true -o DPkg::Lock::Timeout=300' +
  ' -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold';

describe('what each package manager is told', () => {
  it.each<[string, PackageManager, string[], string[], string[]]>([
    [
      'apt',
      apt,
      [`${APT} update`, `${APT} install -- a b`],
      [`${APT} remove -- a b`],
      [`${APT} update`, `${APT} dist-upgrade`],
    ],
    ['dnf', dnf, ['dnf -y install a b'], ['dnf -y remove a b'], ['dnf -y upgrade']],
    ['yum', yum, ['yum -y install a b'], ['yum -y remove a b'], ['yum -y update']],
    [
      'zypper',
      zypper,
      ['zypper --non-interactive install --auto-agree-with-licenses a b'],
      ['zypper --non-interactive remove a b'],
      ['zypper --non-interactive update --auto-agree-with-licenses'],
    ],
    [
      'apk',
      apk,
      ['apk --no-progress add --update-cache a b'],
      ['apk --no-progress del a b'],
      ['apk --no-progress upgrade --update-cache'],
    ],
    [
      'pacman',
      pacman,
      ['pacman -S --noconfirm --noprogressbar --needed -- a b'],
      ['pacman -R --noconfirm --noprogressbar -- a b'],
      ['pacman -Syu --noconfirm --noprogressbar'],
    ],
    ['pkg', pkg, ['pkg install -y a b'], ['pkg delete -y a b'], ['pkg upgrade -y']],
    ['pkg_add', pkgAdd, ['pkg_add -I a b'], ['pkg_delete -I a b'], ['pkg_add -I -u']],
    ['brew', homebrew, ['brew install a b'], ['brew uninstall a b'], ['brew upgrade']],
    [
      'winget',
      winget,
      ['a', 'b'].map(
        (id) =>
          `winget install --exact --id ${id} --silent --accept-package-agreements --accept-source-agreements --disable-interactivity`,
      ),
      ['a', 'b'].map(
        (id) => `winget uninstall --exact --id ${id} --silent --accept-source-agreements --disable-interactivity`,
      ),
      ['winget upgrade --all --silent --accept-package-agreements --accept-source-agreements --disable-interactivity'],
    ],
    [
      'choco',
      chocolatey,
      ['choco install a b --yes --no-progress --no-color'],
      ['choco uninstall a b --yes --no-progress --no-color'],
      ['choco upgrade all --yes --no-progress --no-color'],
    ],
  ])('%s', (_name, manager, install, remove, update) => {
    expect(told(manager.install(['a', 'b'], false))).toEqual(install);
    expect(told(manager.remove(['a', 'b'], false))).toEqual(remove);
    expect(told(manager.update(all))).toEqual(update);
  });

  it.each<[string, PackageManager, string, string, string]>([
    ['apt', apt, `${APT} -s install -- a`, `${APT} -s remove -- a`, `${APT} -s dist-upgrade`],
    ['dnf', dnf, 'dnf --assumeno install a', 'dnf --assumeno remove a', 'dnf --assumeno upgrade'],
    ['yum', yum, 'yum --assumeno install a', 'yum --assumeno remove a', 'yum --assumeno update'],
    [
      'zypper',
      zypper,
      'zypper --non-interactive install --dry-run --auto-agree-with-licenses a',
      'zypper --non-interactive remove --dry-run a',
      'zypper --non-interactive update --dry-run --auto-agree-with-licenses',
    ],
    [
      'apk',
      apk,
      'apk --no-progress add --simulate a',
      'apk --no-progress del --simulate a',
      'apk --no-progress upgrade --simulate',
    ],
    ['pacman', pacman, 'pacman -S --print --needed -- a', 'pacman -R --print -- a', 'pacman -Su --print'],
    ['pkg', pkg, 'pkg install -n a', 'pkg delete -n a', 'pkg upgrade -n'],
    ['pkg_add', pkgAdd, 'pkg_add -I -n a', 'pkg_delete -I -n a', 'pkg_add -I -n -u'],
    ['brew', homebrew, 'brew install --dry-run a', 'brew uses --installed a', 'brew upgrade --dry-run'],
    [
      'choco',
      chocolatey,
      'choco install a --noop --yes --no-progress --no-color',
      'choco uninstall a --noop --yes --no-progress --no-color',
      'choco upgrade all --noop --yes --no-progress --no-color',
    ],
  ])('%s, of a dry run: that alone', (_name, manager, install, remove, update) => {
    expect(manager.canDryRun).toBe(true);
    expect(told(manager.install(['a'], true))).toEqual([install]);
    expect(told(manager.remove(['a'], true))).toEqual([remove]);
    expect(told(manager.update({ ...all, isDry: true }))).toEqual([update]);
  });

  it.each<[string, PackageManager, string]>([
    ['apt', apt, `${APT} install --only-upgrade -- a`],
    ['dnf', dnf, 'dnf -y upgrade a'],
    ['yum', yum, 'yum -y update a'],
    ['zypper', zypper, 'zypper --non-interactive update --auto-agree-with-licenses a'],
    ['apk', apk, 'apk --no-progress add --upgrade a'],
    ['pacman', pacman, 'pacman -S --noconfirm --noprogressbar --needed -- a'],
    ['pkg', pkg, 'pkg upgrade -y a'],
    ['pkg_add', pkgAdd, 'pkg_add -I -u a'],
    ['brew', homebrew, 'brew upgrade a'],
    [
      'winget',
      winget,
      'winget upgrade --exact --id a --silent --accept-package-agreements --accept-source-agreements --disable-interactivity',
    ],
    ['choco', chocolatey, 'choco upgrade a --yes --no-progress --no-color'],
  ])('%s, of an update of those that are named', (_name, manager, update) => {
    expect(told(manager.update({ ...all, packages: ['a'] })).at(-1)).toBe(update);
  });
});

/** What programs answer, by how they begin; and what was run and written. */
function actingWith(answers: Record<string, Exit & { stdout?: string }> = {}) {
  const ran: string[] = [];
  let written = '';
  const answer = ({ file, args }: Program) => {
    const line = [file, ...args].join(' ');
    ran.push(line);
    const found = Object.entries(answers).find(([begin]) => line.startsWith(begin))?.[1];
    return { exitCode: 0, stdout: '', ...found };
  };
  const acting: Acting = {
    runId: 'run',
    environment: {},
    run: async (program) => {
      const { stdout: _stdout, ...exit } = answer(program);
      return exit;
    },
    capture: async (program) => answer(program),
    write: (text) => void (written += text),
  };
  return { acting, ran, written: () => written };
}

const APT_SIMULATION = `Reading package lists...
Inst base-files [12.4+deb12u11] (12.4+deb12u15 Debian:12.15/oldstable [amd64])
Inst libgcrypt20-dev [1.10.1-3] (1.10.1-3+deb12u1 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []
Inst new-one (1.0 Debian:12.15/oldstable [all])
Conf base-files (12.4+deb12u15 Debian:12.15/oldstable [amd64])
`;

it('updates for security with apt are those from there, by name', async () => {
  const { acting, ran } = actingWith({ [`${APT} -s dist-upgrade`]: { exitCode: 0, stdout: APT_SIMULATION } });
  expect(await updateSystem({ kind: 'update_system', scope: 'security' }, apt, acting)).toEqual({ exitCode: 0 });
  expect(ran.at(-1)).toBe(`${APT} install --only-upgrade -- libgcrypt20-dev`);
});

it('updates for security are those that the package manager knows, where it alone does', async () => {
  const { acting, ran } = actingWith({
    'dnf -q': { exitCode: 100, stdout: 'openssl.x86_64  1:3.0.7-25.el9  baseos\n' },
  });
  await updateSystem({ kind: 'update_system', scope: 'security' }, dnf, acting);
  expect(ran.at(-1)).toBe('dnf -y upgrade --security');
});

it('stops at the first step that fails, unless what follows can do without it', async () => {
  const { acting, ran } = actingWith({ 'winget install --exact --id a': { exitCode: 5 } });
  expect(await runSteps(winget.install(['a', 'b'], false), acting)).toEqual({ exitCode: 5 });
  expect(ran).toHaveLength(1);
  const other = actingWith({ [`${APT} update`]: { exitCode: 100 } });
  expect(await runSteps(apt.install(['a'], false), other.acting)).toEqual({ exitCode: 0 });
  const cancelled = actingWith({ [`${APT} update`]: { exitCode: undefined, signal: 'SIGTERM' } });
  expect(await runSteps(apt.install(['a'], false), cancelled.acting)).toMatchObject({ signal: 'SIGTERM' });
  expect(cancelled.ran).toHaveLength(1);
});

describe('what package managers answer, as each writes it', () => {
  const item = (name: string, version: string, architecture: string | null) => ({ name, version, architecture });
  it.each<[string, PackageManager, string, object[]]>([
    [
      'apt',
      apt,
      'ii \topenssl\t3.0.11-1\tamd64\nrc \tgone\t1.0\tall\nhi \tkept\t2\tall\n',
      [item('openssl', '3.0.11-1', 'amd64'), item('kept', '2', 'all')],
    ],
    [
      'dnf',
      dnf,
      'bash\t5.1.8-6.el9\tx86_64\ngpg-pubkey\tfd431d51-4ae0493b\t(none)\n',
      [item('bash', '5.1.8-6.el9', 'x86_64'), item('gpg-pubkey', 'fd431d51-4ae0493b', null)],
    ],
    [
      'apk',
      apk,
      'musl-utils-1.2.4-r2 x86_64 {musl} (MIT) [installed]\nWARNING: x\n',
      [item('musl-utils', '1.2.4-r2', 'x86_64')],
    ],
    [
      'zypper',
      zypper,
      'aaa_base\t84.87+git20180409-150300.10.1\tx86_64\n',
      [item('aaa_base', '84.87+git20180409-150300.10.1', 'x86_64')],
    ],
    ['pacman', pacman, 'linux 6.6.1.arch1-1\n', [item('linux', '6.6.1.arch1-1', null)]],
    ['pkg', pkg, 'curl\t8.4.0\tFreeBSD:14:amd64\n', [item('curl', '8.4.0', 'FreeBSD:14:amd64')]],
    [
      'pkg_add',
      pkgAdd,
      'p5-Net-SSLeay-1.92\nvim-9.0.1-no_x11\n',
      [item('p5-Net-SSLeay', '1.92', null), item('vim', '9.0.1-no_x11', null)],
    ],
    ['brew', homebrew, 'openssl@3 3.1.4 3.2.0\njq 1.7\n', [item('openssl@3', '3.2.0', null), item('jq', '1.7', null)]],
    ['choco', chocolatey, 'git|2.42.0\n', [item('git', '2.42.0', null)]],
    [
      'winget',
      winget,
      '\r   - \r   \\ \rName            Id              Version Source\r\n-----------------------------------------------\r\nGit             Git.Git         2.42.0  winget\r\n',
      [item('Git.Git', '2.42.0', null)],
    ],
  ])('installed: %s', (_name, manager, stdout, expected) => {
    expect(manager.installed.parse(stdout)).toEqual(expected);
  });

  const update = (
    name: string,
    installedVersion: string | null,
    availableVersion: string,
    isSecurity: boolean | null = null,
  ) => ({ name, installedVersion, availableVersion, isSecurity });
  it.each<[string, PackageManager, string, object[]]>([
    [
      'apt',
      apt,
      APT_SIMULATION,
      [
        update('base-files', '12.4+deb12u11', '12.4+deb12u15', false),
        update('libgcrypt20-dev', '1.10.1-3', '1.10.1-3+deb12u1', true),
      ],
    ],
    [
      'dnf',
      dnf,
      '\nopenssl.x86_64    1:3.0.7-25.el9   baseos\nObsoleting Packages\nold.x86_64  1.0  baseos\n',
      [update('openssl', null, '1:3.0.7-25.el9')],
    ],
    [
      'zypper',
      zypper,
      'S | Repository | Name | Current Version | Available Version | Arch\n--+------------+------+-----------------+-------------------+-------\nv | Update     | curl | 8.0.1-1.1       | 8.0.1-2.1         | x86_64\n',
      [update('curl', '8.0.1-1.1', '8.0.1-2.1')],
    ],
    [
      'apk',
      apk,
      'curl-8.4.0-r0 x86_64 {curl} (curl) [upgradable from: curl-8.3.0-r2]\n',
      [update('curl', '8.3.0-r2', '8.4.0-r0')],
    ],
    ['pacman', pacman, 'curl 8.3.0-1 -> 8.4.0-2\n', [update('curl', '8.3.0-1', '8.4.0-2')]],
    [
      'pkg',
      pkg,
      'curl-8.3.0                         <   needs updating (remote has 8.4.0)\n',
      [update('curl', '8.3.0', '8.4.0')],
    ],
    [
      'brew',
      homebrew,
      '{"formulae":[{"name":"jq","installed_versions":["1.6"],"current_version":"1.7"}],"casks":[]}',
      [update('jq', '1.6', '1.7')],
    ],
    ['choco', chocolatey, 'git|2.42.0|2.43.0|false\n', [update('git', '2.42.0', '2.43.0')]],
    ['yum', yum, 'openssl.x86_64    1:1.0.2k-26.el7_9    updates\n', [update('openssl', null, '1:1.0.2k-26.el7_9')]],
    [
      'winget',
      winget,
      'Name   Id        Version Available Source\r\n-----------------------------------------\r\nGit    Git.Git   2.42.0  2.43.0    winget\r\n1 upgrades available.\r\n',
      [update('Git.Git', '2.42.0', '2.43.0')],
    ],
  ])('available: %s', (_name, manager, stdout, expected) => {
    expect(manager.available!.parse(stdout)).toEqual(expected);
  });

  it('an end that says that there are updates is no failure', async () => {
    const { acting, written } = actingWith({ 'dnf -q check-update': { exitCode: 100, stdout: 'a.noarch 2 base\n' } });
    expect(await runListing(dnf.available!, acting)).toEqual({ exitCode: 0 });
    expect(JSON.parse(written())).toEqual(update('a', null, '2'));
  });
});
