// @ts-check
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installPackages } from './install-packages.mjs';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** @typedef {{ version: string } & Record<string, unknown>} Manifest */

/**
 * Writes the Debian packages of the server and of the agent, of what is built, with dpkg-deb.
 *
 * @param {string} into a folder
 * @param {{ version?: string | undefined, compression: string }} options the version is package.json's unless told
 * otherwise; the compression is dpkg-deb's
 * @returns {Promise<string[]>} their files, the server's first
 */
export async function makePackages(into, { version, compression }) {
  /** @type {Manifest} */
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  if (version) manifest.version = version;
  await mkdir(into, { recursive: true });
  return [
    await makePackage({ name: 'sysmanage', architecture: await architecture(), lay: layServer }),
    await makePackage({ name: 'sysmanage-agent', architecture: 'all', lay: layAgent }),
  ];

  /**
   * @param {{ name: string, architecture: string, lay: (folder: string, manifest: Manifest) => Promise<void> }} what
   */
  async function makePackage({ name, architecture, lay }) {
    const folder = await mkdtemp(join(tmpdir(), 'sysmanage-package-'));
    try {
      await lay(folder, manifest);
      await copy(`deploy/systemd/${name}.service`, join(folder, 'lib/systemd/system', `${name}.service`));
      await copy('LICENSE', join(folder, 'usr/share/doc', name, 'copyright'));
      // As others may read them, whatever the mask of who builds.
      await run('chmod', ['-R', 'u=rwX,go=rX', folder]);
      await mkdir(join(folder, 'DEBIAN'));
      const scripts = join(root, 'deploy/debian', name);
      for (const script of ['postinst', 'prerm', 'postrm']) {
        await cp(join(scripts, script), join(folder, 'DEBIAN', script));
        await run('chmod', ['0755', join(folder, 'DEBIAN', script)]);
      }
      const { stdout } = await run('du', ['--summarize', '--block-size=1024', folder]);
      const control = await readFile(join(scripts, 'control'), 'utf8');
      const fields = `Version: ${manifest.version}\nArchitecture: ${architecture}\nInstalled-Size: ${parseInt(stdout)}\n`;
      await writeFile(join(folder, 'DEBIAN/control'), control.replace(/(?=^Description:)/m, fields));
      const file = join(into, `${name}_${manifest.version}_${architecture}.deb`);
      await run('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', folder, file]);
      return file;
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

/** As Debian calls this machine's, whose machine code some packages have. */
async function architecture() {
  const { stdout } = await run('dpkg', ['--print-architecture']);
  return stdout.trim();
}

/** @param {string} folder @param {Manifest} manifest */
async function layServer(folder, manifest) {
  const home = join(folder, 'opt/sysmanage');
  installPackages(home);
  for (const path of ['build/app', 'build/server', 'build/bill', 'db/migrations', 'public', 'docs', 'README.md'])
    await copy(path, join(home, path));
  await copy('deploy/debian/sysmanage/sysmanage.yaml', join(home, 'deploy/sysmanage.yaml'));
  await writeFile(join(home, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await link('/opt/sysmanage/build/server/sysmanage.js', join(folder, 'usr/bin/sysmanage'));
}

/** @param {string} folder */
async function layAgent(folder) {
  const program = '/usr/lib/sysmanage-agent/sysmanage-agent.cjs';
  await copy('build/agent/sysmanage-agent.cjs', join(folder, program));
  await copy('build/bill', join(folder, 'usr/share/doc/sysmanage-agent'));
  await copy('deploy/agent-commands.conf', join(folder, 'usr/share/doc/sysmanage-agent/commands.conf'));
  await link(program, join(folder, 'usr/bin/sysmanage-agent'));
}

/** @param {string} from in the repository @param {string} to */
const copy = (from, to) => cp(join(root, from), to, { recursive: true });

/** @param {string} target @param {string} path */
async function link(target, path) {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}
