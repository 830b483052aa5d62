/** Debian's apt for real: on a repository that the test makes, and a system of its own that has nothing in it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { thisMachine } from '../abilities';
import { createAct } from '../kinds/act';
import { createProcesses } from '../processes/processes';
import { findProgram } from '../processes/run-program';
import type { Command } from '../command-kinds';
import type { Exit } from '../machine';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
// dpkg unpacks as root alone.
const canRun =
  process.getuid?.() === 0 && ['apt-get', 'dpkg-deb', 'dpkg-query'].every((tool) => findProgram(tool, PATH));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A repository of these versions of packages, as `Packages` of a flat one lists them (sources.list(5)). */
function publish(repository: string, packages: [name: string, version: string][]): void {
  const entries = packages.map(([name, version]) => {
    const tree = mkdtempSync(join(tmpdir(), 'sysmanage-deb-'));
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: of a test\n`;
    write(join(tree, 'DEBIAN/control'), control);
    write(join(tree, `usr/share/${name}/version`), version);
    const file = `${name}_${version}_all.deb`;
    execFileSync('dpkg-deb', ['--build', '--root-owner-group', tree, join(repository, file)], { stdio: 'ignore' });
    rmSync(tree, { recursive: true });
    const bytes = readFileSync(join(repository, file));
    const sum = createHash('sha256').update(bytes).digest('hex');
    return `${control}Filename: ./${file}\nSize: ${statSync(join(repository, file)).size}\nSHA256: ${sum}\n`;
  });
  writeFileSync(join(repository, 'Packages'), entries.join('\n'));
}

function makeSystem() {
  const root = mkdtempSync(join(tmpdir(), 'sysmanage-apt-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of [
    'repository',
    'var/lib/dpkg/info',
    'var/lib/dpkg/updates',
    'var/lib/apt/lists/partial',
    'var/log/apt',
  ])
    mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(join(root, 'var/cache/apt/archives/partial'), { recursive: true });
  for (const folder of ['preferences.d', 'apt.conf.d', 'sources.list.d', 'trusted.gpg.d'])
    mkdirSync(join(root, 'etc/apt', folder), { recursive: true });
  write(join(root, 'var/lib/dpkg/status'), '');
  write(join(root, 'etc/apt/sources.list'), `deb [trusted=yes] file:${root}/repository ./\n`);
  write(
    join(root, 'apt.conf'),
    `Dir "${root}/";
Dir::State::status "${root}/var/lib/dpkg/status";
Dir::Bin::methods "/usr/lib/apt/methods";
Dir::Log "${root}/var/log/apt";
APT::Sandbox::User "root";
DPkg::Options { "--root=${root}"; };
`,
  );
  // As dpkg(1) has it: of the one that asks what is there.
  const environment = { PATH, APT_CONFIG: join(root, 'apt.conf'), DPKG_ADMINDIR: join(root, 'var/lib/dpkg') };
  const machine = thisMachine(PATH);
  const nothing = () => Promise.reject(new Error('not asked for'));
  const act = createAct({
    machine,
    readFacts: nothing,
    readAbilities: nothing as never,
    logTail: String,
    journalTail: String,
  });
  const processes = createProcesses({ act, environment, boot: 'boot' });
  let runs = 0;
  const run = (command: Command) =>
    new Promise<Exit & { stdout: string; stderr: string }>((resolve) => {
      const written = { stdout: '', stderr: '' };
      processes.start(String(++runs), command, {
        output: (stream, bytes) => void (written[stream] += bytes.toString()),
        ended: (exit) => resolve({ ...exit, ...written }),
      });
    });
  const installed = async () => {
    const { stdout } = await run({ kind: 'get_installed_packages' });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as object);
  };
  return { root, repository: join(root, 'repository'), run, installed };
}

test.runIf(canRun)(
  'packages come, are brought up to date, and go; a dry run only says so',
  async () => {
    const { root, repository, run, installed } = makeSystem();
    publish(repository, [
      ['sysmanage-a', '1.0'],
      ['sysmanage-b', '1.0'],
    ]);
    const version = (name: string) => readFileSync(join(root, `usr/share/${name}/version`), 'utf8');
    // Its lists are read by the first that does something.
    expect(await run({ kind: 'install_package', packages: ['sysmanage-a', 'sysmanage-b'] })).toMatchObject({
      exitCode: 0,
    });
    expect([version('sysmanage-a'), version('sysmanage-b')]).toEqual(['1.0', '1.0']);
    const item = (name: string, version: string) => ({ name, version, architecture: 'all' });
    expect(await installed()).toEqual([item('sysmanage-a', '1.0'), item('sysmanage-b', '1.0')]);

    publish(repository, [
      ['sysmanage-a', '2.0'],
      ['sysmanage-b', '2.0'],
    ]);
    const { stdout } = await run({ kind: 'get_available_updates' });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(
      ['sysmanage-a', 'sysmanage-b'].map((name) => ({
        ...{ name, installedVersion: '1.0', availableVersion: '2.0', isSecurity: false },
      })),
    );
    const dry = await run({ kind: 'update_system', scope: 'all', dryRun: true });
    expect(dry.stdout).toContain('Inst sysmanage-a [1.0] (2.0 ');
    expect(version('sysmanage-a')).toBe('1.0');
    expect(await run({ kind: 'update_system', scope: 'all', packages: ['sysmanage-a'] })).toMatchObject({
      exitCode: 0,
    });
    expect([version('sysmanage-a'), version('sysmanage-b')]).toEqual(['2.0', '1.0']);

    // A name that is not there is no pattern of others.
    expect(await run({ kind: 'remove_package', packages: ['sysmanage-.'] })).toMatchObject({ exitCode: 100 });
    expect(await run({ kind: 'remove_package', packages: ['sysmanage-a'] })).toMatchObject({ exitCode: 0 });
    expect(await installed()).toEqual([item('sysmanage-b', '1.0')]);
  },
  60_000,
);
