import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { seedHosts } from '../hosts/testing';
import { serveRestApi } from '../rest/testing';
import { administratorOf, testServices } from '../testing';

const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined;

let folder: string;
let key: string;
let port: number;
let ca: string;

beforeEach(async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  await seedHosts(services.db, [{ fqdn: 'web-01.example.com', tags: ['env:prod'] }]);
  await admin.fleets.create({ name: 'The shop', rule: 'tags has env' });
  ({ key } = await admin.apiKeys.create({ name: 'reader', permissions: ['hosts.read'], days: 1 }));
  ({ port } = await serveRestApi(services));
  folder = await mkdtemp(join(tmpdir(), 'inventory-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  ca = join(folder, 'ca.pem');
  await writeFile(ca, services.authority.signing.pem);
});

/** Not `spawnSync`: this process is the server that it asks. */
async function run(program: string, args: string[]): Promise<string> {
  const child = spawn(program, args, {
    // Ansible wants letters of UTF-8.
    env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: folder, ANSIBLE_LOCAL_TEMP: folder },
  });
  let said = '';
  let complained = '';
  child.stdout.on('data', (part) => (said += String(part)));
  child.stderr.on('data', (part) => (complained += String(part)));
  const [code] = (await once(child, 'close')) as [number];
  expect(code, complained).toBe(0);
  return said;
}

/** What the document tells people to write, with this server in it. */
async function example(language: string): Promise<string> {
  const document = await readFile('docs/inventory.md', 'utf8');
  const [, text] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(document)!;
  return text!
    .replace('KEY', key)
    .replace(/\/etc\/\w+\/ca\.pem/, ca)
    .replace('sysmanage.example.com:6443', `127.0.0.1:${port}`);
}

const canAsk = isInstalled('ansible-inventory') && isInstalled('curl');
test.skipIf(!canAsk)('ansible-inventory reads the inventory', { timeout: 60_000 }, async () => {
  const script = join(folder, 'sysmanage.sh');
  await writeFile(script, await example('sh'));
  await chmod(script, 0o700);
  const read = JSON.parse(await run('ansible-inventory', ['-i', script, '--list'])) as Record<string, unknown>;
  expect(read).toMatchObject({
    fleet_the_shop: { hosts: ['web-01.example.com'] },
    tag_env_prod: { hosts: ['web-01.example.com'] },
    _meta: { hostvars: { 'web-01.example.com': { sysmanage_tags: ['env:prod'] } } },
  });
});

test.skipIf(!isInstalled('promtool'))('Prometheus discovers the hosts', { timeout: 60_000 }, async () => {
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, await example('yaml'));
  let found: unknown[] = [];
  // It says at the end of its time what it has found until then.
  for (const seconds of [2, 8, 30])
    if (found.length === 0)
      found = JSON.parse(
        await run('promtool', ['check', 'service-discovery', `--timeout=${seconds}s`, config, 'hosts']),
      ) as unknown[];
  expect(found).toMatchObject([
    { labels: { __address__: 'web-01.example.com:9100', platform: 'linux', job: 'hosts' } },
  ]);
});
