import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { clean, copyMachine, type MachineCopy, runCommand, whyNoCopy } from './machine-copy';
import { startCommand } from '../start-process';

/** Both packages need Node as a package. */
const whyNoDebian = () =>
  spawnSync('dpkg-query', ['--show', 'nodejs']).status === 0 ? null : 'Node is no Debian package here';

const obstacle = whyNoDebian() ?? whyNoCopy();

const repository = join(import.meta.dirname, '../..');
const program = join(repository, 'tools/package.mjs');

/** systemd does not run in the copy: this stands for what it is told, and says where it can be read. */
const SYSTEMCTL = '#!/bin/sh\necho "$*" >> /run/told\n';

/** Not every machine has it: `sudo -u USER COMMAND`. */
const SUDO = '#!/bin/sh\nuser=$2; shift 2\nexec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"\n';

/** The commands of an administrator with the package, in the order in which the document has them. */
const documented = [...readFileSync(join(repository, 'docs/operations.md'), 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)]
  .map(([, block]) => block!)
  .filter((block) => /^sudo -u sysmanage sysmanage (backup|restore) /m.test(block));

test('the Debian packages install, upgrade, and go, with all that they made only when purged', async () => {
  test.skip(obstacle !== null, obstacle ?? '');
  test.setTimeout(400_000);
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-packages-'));
  const machine = await copyMachine();
  try {
    const sh = (script: string) => machine.run(['sh', '-euc', script]);
    const files = async (version: string) => {
      const said = await runCommand([process.execPath, program, '--version', version, '--compression', 'none', folder]);
      return said.match(/\S+\.deb/g)!.map((file) => `/mnt/${basename(file)}`);
    };
    const [server, agent] = (await files('1.0.0')) as [string, string];
    const newer = await files('1.0.1');
    await runCommand([...machine.beside, 'mount', '--bind', folder, `${machine.root}/mnt`]);
    await sh(`mkdir -p /run/systemd/system; rm -f /bin/systemctl
      printf '%s' '${SYSTEMCTL}' > /bin/systemctl; printf '%s' '${SUDO}' > /usr/local/bin/sudo
      chmod 0755 /bin/systemctl /usr/local/bin/sudo`);
    const told = async () => (await sh('cat /run/told 2> /dev/null || true; rm -f /run/told')).trim().split('\n');
    const before = pathsIn(machine.changes);
    const apt = (...args: string[]) =>
      machine.run(['apt-get', '--yes', '--no-install-recommends', '-o', 'DPkg::Options::=--force-unsafe-io', ...args], {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
      });

    expect(await apt('install', server, agent)).toContain('SysManage does not run yet');
    const started = ['try-restart sysmanage.service', 'try-restart sysmanage-agent.service'];
    expect(await told()).toEqual(expect.arrayContaining(['daemon-reload', ...started]));
    const stat = `stat --format '%n %a %U' /etc/sysmanage.yaml /etc/sysmanage/certs /var/lib/sysmanage /var/log/sysmanage \
      /etc/sysmanage-agent /opt/sysmanage/build/server/sysmanage.js`;
    expect((await sh(stat)).trim().split('\n')).toEqual([
      '/etc/sysmanage.yaml 600 sysmanage',
      '/etc/sysmanage/certs 755 sysmanage',
      '/var/lib/sysmanage 700 sysmanage',
      '/var/log/sysmanage 755 sysmanage',
      '/etc/sysmanage-agent 700 root',
      '/opt/sysmanage/build/server/sysmanage.js 755 root',
    ]);
    expect(await sh('getent passwd sysmanage')).toMatch(/:\/usr\/sbin\/nologin$/m);
    const asUser = (command: string) => sh(`setpriv --reuid=sysmanage --regid=sysmanage --clear-groups ${command}`);
    expect(await asUser('sysmanage version')).toContain('1.0.0');
    expect(await asUser('sysmanage config show')).toMatch(/certificates\.path +"\/etc\/sysmanage\/certs" +from/);
    await asUser('sysmanage doctor');
    expect(await sh('sysmanage-agent --version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    await sh('sysmanage-agent install --server https://server.example.com:6443');
    expect(await told(), 'the unit is the package’s').toContain('enable sysmanage-agent.service');
    await sh('test ! -e /etc/systemd/system/sysmanage-agent.service; test ! -e /usr/local/lib/sysmanage-agent');
    // All else is read-only to it (ProtectSystem=strict), and certificates are renewed there.
    const writable = await sh(`sed -n 's/^ReadWritePaths=-\\?//p' /lib/systemd/system/sysmanage.service`);
    expect('/etc/sysmanage/certs').toContain(`${writable.trim()}/`);
    for (const unit of ['sysmanage', 'sysmanage-agent']) {
      const begun = await sh(`sed -n 's/^ExecStart=//p' /lib/systemd/system/${unit}.service`);
      for (const path of begun.split(' ').filter((word) => /^\/(usr|opt)\//.test(word))) await sh(`test -r ${path}`);
    }

    await test.step('a server of the package is lost, and its backup restored beside the package', () =>
      loseAndRestore(machine));
    await told();

    await sh('echo "# mine" >> /etc/sysmanage.yaml; touch /var/lib/sysmanage/kept /etc/sysmanage-agent/kept');
    const group = makeGroupOfAgent();
    if (group) {
      // The agent's own command, `apt-get install`: with it systemd would end dpkg.
      const said = await runCommand([
        ...[...machine.beside, ...group.enter, 'chroot', machine.root],
        ...[...clean({ DEBIAN_FRONTEND: 'noninteractive' }), 'apt-get', '--yes', 'install', ...newer],
      ]).finally(group.remove);
      expect(said).toContain('built before 0.1.0 was');
      expect((await told()).filter((line) => line.startsWith('try-restart'))).toEqual([
        'try-restart sysmanage.service',
      ]);
    } else {
      test
        .info()
        .annotations.push({ type: 'not tried', description: 'an upgrade by the agent: no control group here' });
      await apt('install', ...newer);
    }
    expect(await asUser('sysmanage version')).toContain('1.0.1');
    await sh(
      'tail -1 /etc/sysmanage.yaml | grep mine; test -e /var/lib/sysmanage/kept; test -e /etc/sysmanage-agent/kept',
    );

    await apt('remove', 'sysmanage', 'sysmanage-agent');
    expect(await told()).toEqual(
      expect.arrayContaining(['disable --now sysmanage.service', 'disable --now sysmanage-agent.service']),
    );
    await sh(
      'test ! -e /opt/sysmanage; test ! -e /usr/bin/sysmanage-agent; test -e /var/lib/sysmanage/kept; test -e /etc/sysmanage.yaml',
    );
    await apt('purge', 'sysmanage', 'sysmanage-agent');
    const left = pathsIn(machine.changes).filter((path) => !before.includes(path) && /sysmanage/.test(path));
    expect(left).toEqual([]);

    // Without a package the one file does the same.
    copyFileSync(join(repository, 'build/agent/sysmanage-agent.cjs'), join(folder, 'agent.cjs'));
    await told();
    await sh('node /mnt/agent.cjs install --server https://server.example.com:6443');
    expect(await told()).toEqual([
      'daemon-reload',
      'enable sysmanage-agent.service',
      'restart sysmanage-agent.service',
    ]);
    const unit = await sh('cat /etc/systemd/system/sysmanage-agent.service');
    const [, node = '', file = ''] = /^ExecStart=(\S+) (\S+) --service /m.exec(unit)!;
    expect(await sh(`${node} ${file} --version`)).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await sh('stat --format %a /etc/sysmanage-agent; cat /etc/sysmanage-agent/agent.yaml')).toMatch(
      /^700\n[^]*server\.example\.com/,
    );
  } finally {
    await machine.close();
    rmSync(folder, { recursive: true });
  }
});

/** By the commands that docs/operations.md has, as they stand there. */
async function loseAndRestore(machine: MachineCopy): Promise<void> {
  const sh = (script: string) => machine.run(['sh', '-euc', script]);
  const asUser = (command: string) => sh(`sudo -u sysmanage ${command}`);
  await sh('echo "log: { level: warn }" >> /etc/sysmanage.yaml');
  const settings = await sh('cat /etc/sysmanage.yaml');
  const env = { SYSMANAGE_API_PORT: '0', SYSMANAGE_FRONTEND_PORT: '0', SYSMANAGE_DISCOVERY_ENABLED: 'false' };
  const server = startCommand('sysmanage', [
    ...machine.beside,
    ...['chroot', machine.root, 'setpriv', '--reuid=sysmanage', '--regid=sysmanage', '--clear-groups'],
    ...clean(env),
    ...['sysmanage', 'serve'],
  ]);
  const [backup = '', restore = ''] = documented;
  try {
    await server.printed(/^SysManage is ready/m);
    await sh(backup);
  } finally {
    expect(await server.stop(), server.output()).toBe(0);
  }

  // A machine on which the package was just installed.
  await sh(`rm -r /var/lib/sysmanage/* /etc/sysmanage/certs/*
    install -o sysmanage -g sysmanage -m 0600 /opt/sysmanage/deploy/sysmanage.yaml /etc/sysmanage.yaml`);
  const asRoot = restore.replace('sudo -u sysmanage ', '').split('\n')[0]!;
  await expect(sh(asRoot)).rejects.toThrow(/ended with 77:\n.*sudo -u '#\d+'/);
  expect(await sh('ls /var/lib/sysmanage /etc/sysmanage/certs'), 'nothing was written').not.toMatch(/key|pglite|yaml/);
  const said = await sh(restore);
  expect(said).toContain('The configuration is in /etc/sysmanage.yaml, as it was.');
  expect(said).toContain('/var/lib/sysmanage/restored.yaml');
  expect(await sh('cat /var/lib/sysmanage/restored.yaml')).toBe(settings);
  const left = await sh('stat --format "%U %a" /var/lib/sysmanage/restored.yaml /etc/sysmanage.yaml');
  expect(left).toBe('sysmanage 600\nsysmanage 600\n');
  expect(await sh('find /var/lib/sysmanage /etc/sysmanage ! -user sysmanage')).toBe('');
  expect(await asUser('sysmanage audit verify')).toContain('The audit log is whole');
  await asUser('sysmanage doctor');
  await sh('rm -r /var/backups/sysmanage');
}

/** A control group like the one that systemd gives the agent; null where none can be made. */
function makeGroupOfAgent(): { enter: string[]; remove: () => void } | null {
  const { stdout } = spawnSync('findmnt', ['--noheadings', '--first-only', '--output=TARGET', '--types=cgroup2']);
  const parent = join(String(stdout).trim(), `sysm-${process.pid}`);
  const group = join(parent, 'sysmanage-agent.service');
  if (spawnSync('mkdir', ['--parents', group]).status !== 0) return null;
  const isOne = existsSync(join(group, 'cgroup.procs'));
  const remove = () => execFileSync('rmdir', [group, parent]);
  if (!isOne) remove();
  return isOne ? { enter: ['sh', '-euc', 'echo $$ > "$0/cgroup.procs"; exec "$@"', group], remove } : null;
}

/** Each path in a folder, but those that stand for what was deleted (overlayfs: a device 0, 0). */
const pathsIn = (folder: string) =>
  execFileSync('find', [folder, '!', '-type', 'c', '-printf', '%P\n'], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split(
    '\n',
  );
