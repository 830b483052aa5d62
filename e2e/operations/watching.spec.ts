import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { cloneDatabase } from '../../db/testing-postgresql';
import { readTemplate } from '../make-template';
import { startServer } from '../start-server';

test('figures have a port of their own, and the log in its file can be turned up and moved away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-watching-'));
  const { postgresql, empty } = readTemplate();
  const { url: database, drop } = await cloneDatabase(postgresql, empty);
  const [settings, file] = [join(folder, 'sysmanage.yaml'), join(folder, 'log/server.log')];
  const configure = (level: string) =>
    writeFile(settings, `ops: { port: 0 }\nlog: { level: ${level}, file: ${file} }\n`, { mode: 0o600 });
  await configure('info');
  const server = await startServer({
    dataDir: join(folder, 'data'),
    env: { SYSMANAGE_CONFIG: settings, DATABASE_URL: database },
  });
  try {
    const lines = async () =>
      (await readFile(file, 'utf8').catch(() => ''))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { level: number | string; msg: string; port?: number });
    const port = async () => (await lines()).find(({ msg }) => msg.startsWith('health, readiness'))?.port;
    await expect.poll(port).toBeGreaterThan(0);
    const operations = `http://127.0.0.1:${await port()}`;
    expect(await (await fetch(`${operations}/readyz`)).text()).toBe('ready\n');
    const figures = await (await fetch(`${operations}/metrics`)).text();
    expect(figures).toMatch(/^sysmanage_ready 1$/m);
    expect(figures).toMatch(/^sysmanage_database_query_duration_seconds_count [1-9]\d*$/m);
    expect((await fetch(`${server.url}/metrics`)).headers.get('content-type')).not.toContain('version=0.0.4');

    await rename(file, `${file}.moved`);
    await configure('debug');
    process.kill(server.pid, 'SIGHUP');
    await expect
      .poll(async () => (await lines()).map(({ msg }) => msg))
      .toContain('the log goes on as the configuration says');
    await configure('loud');
    process.kill(server.pid, 'SIGHUP');
    await expect.poll(async () => (await lines()).map(({ msg }) => msg)).toContain('the log goes on as it was');
  } finally {
    expect(await server.stop(), server.output()).toBe(0);
    await drop();
    await rm(folder, { recursive: true });
  }
});
