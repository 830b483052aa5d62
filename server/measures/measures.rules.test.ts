import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { connectAgent, enrolledHost, openAgentClient, serveApi } from '../agents/testing';
import { listen } from '../http/listen';
import { projectRoot } from '../process/project';
import { administratorOf, testServices } from '../testing';
import { createOperationsServer } from './operations-server';

const token = 'figures-for-whoever-shows-this';

/** The listener of its own, on services of the test's own. */
async function serveOperations(environment: Record<string, string> = {}) {
  const services = await testServices(environment);
  const { port, close } = await listen(createOperationsServer(services), { port: 0, host: '127.0.0.1' });
  onTestFinished(close);
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const asking = request({ port, host: '127.0.0.1', path, headers, agent: false }).end();
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      asking.on('error', reject);
      asking.on(
        'response',
        (response) => void text(response).then((body) => resolve({ status: response.statusCode!, body }), reject),
      );
    });
  };
  return { services, ask };
}

test('agents, connections, frames and certificates are counted as they come', async () => {
  const { services, ask } = await serveOperations();
  const port = await serveApi(services);
  services.listeners.add('agents', { port, host: '127.0.0.1' });
  await services.certificateWatch.look();
  const read = async () => {
    const { body } = await ask('/metrics');
    return new Map(
      body
        .split('\n')
        .filter((line) => line && !line.startsWith('#'))
        .map((line): [string, number] => [
          line.slice(0, line.lastIndexOf(' ')),
          Number(line.slice(line.lastIndexOf(' '))),
        ]),
    );
  };
  const before = await read();
  expect(before.get('sysmanage_hosts{state="up"}')).toBe(0);
  expect(before.get('sysmanage_agents_connected')).toBe(0);

  const { shown } = await enrolledHost(services, await administratorOf(services));
  const socket = await connectAgent(services, port, shown);
  await expect.poll(async () => (await read()).get('sysmanage_hosts{state="up"}')).toBe(1);
  const after = await read();
  const grown = (name: string) => after.get(name)! - before.get(name)!;
  expect(grown('sysmanage_agents_connected')).toBe(1);
  expect(grown('sysmanage_agent_handshakes_total{result="full"}')).toBeGreaterThan(0);
  expect(grown('sysmanage_agent_handshakes_total{result="failed"}')).toBe(0);
  const days = (name: string) =>
    (after.get(`sysmanage_certificate_expiry_timestamp_seconds{certificate="${name}"}`)! - Date.now() / 1000) / 86_400;
  expect(days('agents')).toBeGreaterThan(300);
  expect(days('authority')).toBeGreaterThan(days('agents'));
  socket.close();
  await expect.poll(async () => (await read()).get('sysmanage_agents_connected')).toBe(0);
});

test('frames are counted in both directions', async () => {
  const { services } = await serveOperations();
  const port = await serveApi(services);
  const { shown } = await enrolledHost(services, await administratorOf(services));
  const client = openAgentClient(services, port, shown);
  await client.agents.reportError.mutate({ message: 'x' } as never).catch(() => undefined); // whatever it answers
  for (const { labels, value } of await services.measures.frames.samples())
    expect(value, labels!.direction).toBeGreaterThan(0);
});

test('each figure that the dashboard shows is there, and each that is there has its help and its type', async () => {
  const { services, ask } = await serveOperations();
  const port = await serveApi(services);
  services.listeners.add('agents', { port, host: '127.0.0.1' });
  await services.certificateWatch.look();
  const { body } = await ask('/metrics');
  const names = [...body.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map(([, name]) => name!);
  const samples = [...body.matchAll(/^([a-z_]+)(?:\{.*\})? [\d.e+-]+$/gm)].map(([, name]) => name!);
  expect(samples.length + 2 * names.length).toBe(body.trim().split('\n').length);
  expect(names).toEqual([...new Set(names)]);

  const dashboard = JSON.parse(await readFile(join(projectRoot, 'deploy/grafana-dashboard.json'), 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const shown = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(sysmanage|nodejs|process)_[a-z_]+/g) ?? []),
  );
  expect(dashboard.panels.length).toBeGreaterThan(10);
  expect(shown.filter((name) => !samples.includes(name))).toEqual([]);
  // And what is measured is shown.
  const base = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
  expect(names.filter((name) => !shown.map(base).includes(name))).toEqual([]);
});

test('figures are for this machine, or for who shows the token', async () => {
  const { ask } = await serveOperations({ SYSMANAGE_OPS_TOKEN: token });
  const status = async (headers: Record<string, string>) => (await ask('/metrics', headers)).status;
  expect(await status({})).toBe(200);
  expect(await status({ host: 'pages.example.com' }), 'a name that was turned to this machine').toBe(401);
  for (const name of ['X-Forwarded-For', 'Forwarded', 'Via'])
    expect(await status({ [name]: '192.0.2.1' }), `passed on: ${name}`).toBe(401);
  const elsewhere = { 'X-Forwarded-For': '192.0.2.1' };
  expect(await status({ ...elsewhere, Authorization: `Bearer ${token}` })).toBe(200);
  expect(await status({ ...elsewhere, Authorization: `Bearer ${token}x` })).toBe(401);
  expect(await status({ Authorization: 'Bearer x' })).toBe(401);
  const { body } = await ask('/metrics', elsewhere);
  expect(body).not.toMatch(/sysmanage_|figures-for/);
});

test('without a token nobody from elsewhere sees them, and no proxy’s word is taken', async () => {
  const { ask } = await serveOperations({ SYSMANAGE_TRUSTED_PROXIES: '127.0.0.1' });
  expect((await ask('/metrics')).status, 'all of a trusted proxy is of somebody else').toBe(401);
  expect((await ask('/metrics', { Authorization: 'Bearer undefined' })).status).toBe(401);
});

test('there is nothing else on that listener, and health needs no leave', async () => {
  const { ask } = await serveOperations();
  expect(await ask('/healthz', { host: 'pages.example.com' })).toEqual({ status: 200, body: 'ok\n' });
  expect(await ask('/readyz', { host: 'pages.example.com' })).toEqual({ status: 200, body: 'ready\n' });
  expect((await ask('/sign-in')).status).toBe(404);
  expect((await ask('/constructor')).status).toBe(404);
});

test('a figure that cannot be read leaves the others, and the log says which', async () => {
  const { services, ask } = await serveOperations();
  await services.db.execute(sql`alter table audit_pending rename to away`);
  const { status, body } = await ask('/metrics');
  expect(status).toBe(200);
  expect(body).toContain('sysmanage_hosts{');
  expect(body).not.toContain('sysmanage_queue_depth');
  expect(services.logged).toContainEqual(
    expect.objectContaining({ msg: 'sysmanage_queue_depth could not be measured' }),
  );
  await services.db.execute(sql`alter table away rename to audit_pending`);
});
