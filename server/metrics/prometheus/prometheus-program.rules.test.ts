import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { seedHosts } from '../../hosts/testing';
import { serveRestApi } from '../../rest/testing';
import { administratorOf, testServices } from '../../testing';
import { sampleWith } from '../testing';

/** Programs of the machine's, and none of this project's. */
const { promtool, prometheus } = { promtool: 'promtool', prometheus: 'prometheus' };
const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined;

async function serveFigures() {
  const services = await testServices();
  const admin = await administratorOf(services);
  const [hostId] = (await seedHosts(services.db, [{ fqdn: 'web-01.example.com', presence: 'up' }])) as [string];
  const disks = [{ mount: '/', filesystem: 'ext4', totalBytes: 100, usedBytes: 30, availableBytes: 70 }];
  services.keptSamples.keep(hostId, sampleWith({ cpuPercent: 42, disks }));
  await services.keptSamples.flush();
  const { key } = await admin.apiKeys.create({ name: 'prometheus', permissions: ['hosts.read'], days: 1 });
  const { port, ask } = await serveRestApi(services);
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, services.authority.signing.pem);
  return { key, port, ask, folder, ca };
}

test('who shows a key gets the text, and nobody else does', async () => {
  const { key, ask } = await serveFigures();
  const answer = await ask('GET', '/prometheus/hosts', { bearer: key });
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    ...{ 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
  });
  expect(answer.text).toContain('sysmanage_host_up{host_name="web-01.example.com"');
  expect((await ask('GET', '/prometheus/hosts')).status).toBe(401);
  expect((await ask('GET', '/prometheus/hosts?filter=x', { bearer: key })).status).toBe(400);
  expect((await ask('HEAD', '/prometheus/hosts', { bearer: key })).status).toBe(405);
});

test.skipIf(!isInstalled(promtool))('promtool finds nothing wrong with it', { timeout: 60_000 }, async () => {
  const { key, ask } = await serveFigures();
  const { text: figures } = await ask('GET', '/prometheus/hosts', { bearer: key });
  const child = spawn(promtool, ['check', 'metrics']);
  child.stdin.end(figures);
  const [[code], said] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  expect(said).toBe('');
  expect(code).toBe(0);
});

test.skipIf(!isInstalled(prometheus))('Prometheus scrapes every host', { timeout: 60_000 }, async () => {
  const { key, port, folder, ca } = await serveFigures();
  // What the document tells people to write, with this server in it.
  const document = await readFile('docs/inventory.md', 'utf8');
  const config = /```yaml\n(scrape_configs:\n {2}- job_name: sysmanage-hosts[^]*?)```/.exec(document)![1]!;
  await writeFile(
    join(folder, 'prometheus.yml'),
    config
      .replace('KEY', key)
      .replace(/\/etc\/\w+\/ca\.pem/, ca)
      .replace('sysmanage.example.com:6443', `127.0.0.1:${port}`)
      .replace(/scrape_interval: \S+/, 'scrape_interval: 1s')
      .replace(/scrape_timeout: \S+/, 'scrape_timeout: 1s'),
  );
  const own = await freePort();
  const child = spawn(prometheus, [
    ...[`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`],
    `--web.listen-address=127.0.0.1:${own}`,
  ]);
  const complained = text(child.stderr);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await complained;
  });
  const query = async (expression: string) => {
    const address = `http://127.0.0.1:${own}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return [];
    const { data } = (await answer.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => [metric.host_name, value[1]]);
  };
  await expect
    .poll(() => query('sysmanage_host_cpu_utilization_ratio * 100'), { timeout: 45_000, interval: 200 })
    .toEqual([['web-01.example.com', expect.stringMatching(/^42/)]]);
  expect(await query('system_filesystem_usage_bytes{system_filesystem_state="free"}')).toEqual([
    ['web-01.example.com', '70'],
  ]);
});

/** It says no port that it was given by chance. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
