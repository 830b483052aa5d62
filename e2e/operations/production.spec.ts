import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from '@playwright/test';
import { ADMIN, ADMIN_ENVIRONMENT } from '../start-server';

/** In bytes: what an installation without development packages may take on a disk. */
const MOST_BYTES = 200 * 2 ** 20;

const root = join(import.meta.dirname, '../..');

/** What is in an installation, in a folder from which no other package is in reach. @returns bytes of packages */
function install(into: string): number {
  const program = join(root, 'tools/build/install-packages.mjs');
  const bytes = execFileSync(process.execPath, [program, into], { encoding: 'utf8' });
  for (const path of ['build/app', 'build/server', 'build/agent', 'db/migrations', 'public', 'package.json'])
    cpSync(join(root, path), join(into, path), { recursive: true });
  return Number(bytes);
}

/** The commands of `sysmanage` in the blocks of shell of all documents, without what comments say, in their order. */
function documentedCommands(): string[] {
  const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];
  const markdown = documents
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(root, name), 'utf8'));
  const lines = markdown
    .flatMap((document) => [...document.matchAll(/^ *```sh\n([^]*?)^ *```/gm)])
    .flatMap(([, block]) => block!.split('\n'));
  return lines.flatMap((line) => /^ *(?:npx |sudo -u \S+ )?sysmanage ([a-z].*?)\s*(?:#.*)?$/.exec(line)?.[1] ?? []);
}

test('without development packages it is small, and the server and each command work', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-production-'));
  try {
    expect(install(folder)).toBeLessThan(MOST_BYTES);
    let data = 'data';
    const called = new Set<string>();
    const start = (...args: string[]) => {
      called.add(args[0]!).add(args.slice(0, 2).join(' '));
      return spawn(process.execPath, [join(folder, 'build/server/sysmanage.js'), ...args], {
        cwd: folder,
        env: {
          NODE_ENV: 'production',
          PATH: process.env.PATH,
          SYSMANAGE_DATA_DIR: join(folder, data),
          SYSMANAGE_API_PORT: '0',
          SYSMANAGE_FRONTEND_PORT: '0',
          ...ADMIN_ENVIRONMENT,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    };
    const run = async (...args: string[]) => {
      const child = start(...args);
      const [output, complaint, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { code: code as unknown, output: output + complaint };
    };

    const server = start('serve', '--no-local-agent');
    const ended = once(server, 'close');
    let output = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    await expect.poll(() => output, { timeout: 60_000 }).toContain('SysManage is ready');
    const page = await fetch(`${/ready: (\S+)/.exec(output)![1]}/sign-in`);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('<title>Sign in · SysManage</title>'),
    ]);
    server.kill();
    expect(await ended).toEqual([0, null]);

    await test.step('each command of a document does what it is for', async () => {
      writeFileSync(join(folder, 'sysmanage.yaml'), 'local_agent: false\n', { mode: 0o600 });
      writeFileSync(join(folder, 'passphrase'), 'twelve characters and more\n', { mode: 0o600 });
      const here: [RegExp, string][] = [
        [/--config FILE/, `--config ${join(folder, 'sysmanage.yaml')}`],
        [/\/elsewhere\/audit\.log/, join(folder, 'audit.log')],
        [/\/var\/backups\/\S+/, join(folder, 'backup')],
        [/\/etc\/sysmanage\/backup\.passphrase/, join(folder, 'passphrase')],
      ];
      const said = new Map<string, string>();
      for (const command of documentedCommands()) {
        if (command.startsWith('restore')) data = 'elsewhere';
        const args = here.reduce((text, [what, by]) => text.replace(what, by), command).split(' ');
        const { code, output } = await run(...args);
        expect(code, `${command}: ${output}`).toBe(0);
        said.set(args.slice(0, 2).join(' '), output);
        // A server would do so at its start.
        if (command.startsWith('db rollback')) expect((await run('db', 'migrate')).code).toBe(0);
        data = 'data';
      }
      expect(said.get('audit verify')).toContain('The audit log is whole');
      expect(said.get('users link')).toContain('/reset-password?token=');
      expect(said.get('db history')).toMatch(/^(applied .*\n)+$/);
      expect([...said.keys()].map((name) => name.split(' ')[0])).toEqual(expect.arrayContaining(['backup', 'restore']));
    });
    expect(await run('users', 'create', 'viewer@example.com', '--role', 'viewer')).toMatchObject({
      code: 0,
      output: expect.stringContaining('/invitation?token='),
    });
    expect(await run('users', 'unlock', ADMIN.email)).toMatchObject({ code: 0, output: 'It was not locked.\n' });
    const made = await run('tokens', 'create', 'Rack 4', '--server', 'https://localhost:6443', '--json');
    expect(made.code).toBe(0);
    const { id } = JSON.parse(made.output) as { id: string };
    expect(await run('tokens', 'list')).toMatchObject({ code: 0, output: expect.stringContaining(`${id}  active`) });
    expect(await run('tokens', 'revoke', id)).toMatchObject({ code: 0 });
    expect(await run('config', 'check')).toMatchObject({ code: 0 });
    expect(await run('config', 'show')).toMatchObject({ code: 0, output: expect.not.stringContaining(ADMIN.password) });
    expect(await run('version')).toMatchObject({ code: 0, output: expect.stringMatching(/^SysManage \d/) });
    const npx = execFileSync('npx', ['sysmanage', 'version'], {
      cwd: folder,
      encoding: 'utf8',
      // What is not in the folder is nowhere.
      env: {
        NODE_ENV: 'production',
        PATH: process.env.PATH,
        npm_config_offline: 'true',
        npm_config_cache: join(folder, 'npm'),
      },
    });
    expect(npx).toMatch(/^SysManage \d/);
    expect(await run('db', 'rollback')).toMatchObject({ code: 0, output: expect.stringContaining('took back') });
    expect(await run('db', 'migrate')).toMatchObject({ code: 0, output: expect.stringMatching(/^applied /) });
    expect(await run('db', 'status')).toMatchObject({ code: 0 });
    // Whether all is well is this machine's affair, whose ports may be others'.
    const { findings } = JSON.parse((await run('doctor', '--json')).output) as { findings: object[] };
    expect(findings).toContainEqual(expect.objectContaining({ about: 'database', state: 'good' }));

    const { output: help } = await run('--help');
    const commands = [...help.matchAll(/^ {2}([a-z]+(?: [a-z]+)?)(?: [A-Z[]\S*)? {2,}\S/gm)].map(([, name]) => name);
    expect(commands).toContain('users create');
    expect([...called]).toEqual(expect.arrayContaining(commands));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
