import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { copyMachine, runCommand, whyNoCopy } from './machine-copy';

/** Both packages need Node as a package. */
const whyNoDebian = () =>
  spawnSync('dpkg-query', ['--show', 'nodejs']).status === 0 ? null : 'Node is no Debian package here';

const obstacle = whyNoDebian() ?? whyNoCopy();

const repository = dirname(import.meta.dirname);
const program = join(repository, 'tools/package.mjs');

/** systemd does not run in the copy: this stands for what it is told, and says where it can be read. */
const SYSTEMCTL = '#!/bin/sh\necho "$*" >> /run/told\n';

test('the Debian packages install, upgrade, and go, with all that they made only when purged', async () => {
  test.skip(obstacle !== null, obstacle ?? '');
  test.setTimeout(300_000);
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
      printf '%s' '${SYSTEMCTL}' > /bin/systemctl; chmod 0755 /bin/systemctl`);
    const told = async () => (await sh('cat /run/told 2> /dev/null || true; rm -f /run/told')).trim().split('\n');
    const before = pathsIn(machine.changes);
    const apt = (...args: string[]) =>
      machine.run(['apt-get', '--yes', '--no-install-recommends', '-o', 'DPkg::Options::=--force-unsafe-io', ...args], {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
      });

    expect(await apt('install', server, agent)).toContain('SysManage does not run yet');
    expect(await told()).toEqual(expect.arrayContaining(['daemon-reload', 'try-restart sysmanage.service']));
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
      const started = await sh(`sed -n 's/^ExecStart=//p' /lib/systemd/system/${unit}.service`);
      for (const path of started.split(' ').filter((word) => /^\/(usr|opt)\//.test(word))) await sh(`test -r ${path}`);
    }

    await sh('echo "# mine" >> /etc/sysmanage.yaml; touch /var/lib/sysmanage/kept /etc/sysmanage-agent/kept');
    await apt('install', ...newer);
    expect(await asUser('sysmanage version')).toContain('1.0.1');
    expect(await told()).toEqual(
      expect.arrayContaining(['try-restart sysmanage.service', 'try-restart sysmanage-agent.service']),
    );
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

/** Each path in a folder, but those that stand for what was deleted (overlayfs: a device 0, 0). */
const pathsIn = (folder: string) =>
  execFileSync('find', [folder, '!', '-type', 'c', '-printf', '%P\n'], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split(
    '\n',
  );
