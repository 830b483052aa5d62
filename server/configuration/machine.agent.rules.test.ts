/** The built agent and a real server: what is set on the machine itself, and a server that goes by another name. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startProxy } from '../../agent/testing-proxy';
import { serveApi } from '../agents/testing';
import { configured, PATIENCE, startWaiting, startWorld } from './testing-machine';

/** One agent moves within a second or two, and twenty do not here: what it goes back from is waited for. */
const ALONE = { confirmSeconds: 10 };

test('an edit of agent.yaml is drift, also of where the server is, and is put back or adopted so that the machine stays', async () => {
  const world = await startWorld();
  const { services, admin, server } = world;
  const agent = await configured(world, await startWaiting(world, ALONE));
  const other = `https://127.0.0.1:${await serveApi(services)}`;
  const yaml = () => readFileSync(agent.path('agent.yaml'), 'utf8');
  const drift = async () =>
    Object.fromEntries(
      (await admin.configuration.ofHost({ hostId: agent.hostId })).drift.map(({ key, local }) => [key, local]),
    );
  const moved = (from: string, to: string) =>
    writeFileSync(agent.path('agent.yaml'), yaml().replace(`server: ${from}`, `server: ${to}`));
  // Its command line does not name the server.
  await agent.restart({ server: '' });
  await agent.want({ server: { addresses: [server] }, heartbeat: { interval_seconds: 1000 } });
  await agent.says('applied');
  expect(await drift()).toEqual({});

  moved(server, `${other}\nheartbeat: { interval_seconds: 77 }`);
  const both = { 'heartbeat.interval_seconds': 77, 'server.addresses': [other] };
  await expect.poll(drift, PATIENCE).toEqual(both);
  // It goes there at its next start, and it is drift all the same.
  await agent.restart({ server: '' });
  await expect.poll(agent.output, PATIENCE).toContain(`connected to ${new URL(other).host}`);
  await expect.poll(drift, PATIENCE).toEqual(both);
  await admin.configuration.putBack({ hostId: agent.hostId });
  await expect.poll(drift, PATIENCE).toEqual({});
  expect(agent.output()).toContain(`connected to ${new URL(server).host}`);
  expect(yaml()).toContain(`server: ${server}\n`);
  expect(yaml()).not.toContain('heartbeat');

  // Adopted, it is tried as any other: a mistake costs nothing but a minute. An edit in the very moment in which the
  // one before is put back is put back with it: it is made again.
  const edited = () => {
    moved(server, 'https://127.0.0.1:1');
    return drift();
  };
  await expect.poll(edited, PATIENCE).toEqual({ 'server.addresses': ['https://127.0.0.1:1'] });
  await admin.configuration.adopt({ hostId: agent.hostId });
  expect((await agent.says('rolled_back')).message).toContain('127.0.0.1:1');
  await agent.isUp();
}, 240_000);

test('put back to addresses that are dead, it stays where it is connected, and what is on the machine is still shown', async () => {
  const world = await startWorld();
  const { services, admin, server } = world;
  const agent = await configured(world, await startWaiting(world, ALONE));
  const other = `https://127.0.0.1:${await serveApi(services)}`;
  const drift = async () => (await admin.configuration.ofHost({ hostId: agent.hostId })).drift.map(({ key }) => key);
  await agent.restart({ server: '' });
  await agent.want({ server: { addresses: [other] } });
  await agent.says('applied');
  const text = readFileSync(agent.path('agent.yaml'), 'utf8');
  await agent.restart({ server: '' }, () => {
    writeFileSync(agent.path('agent.yaml'), text.replace(`server: ${other}`, `server: ${server}`));
    // What it had confirmed is not there any more.
    const inForce = readFileSync(agent.path('configuration.json'), 'utf8');
    writeFileSync(agent.path('configuration.json'), inForce.replace(other, 'https://127.0.0.1:1'));
  });
  await expect.poll(drift, PATIENCE).toEqual(['server.addresses']);
  await admin.configuration.putBack({ hostId: agent.hostId });
  await expect.poll(agent.output, PATIENCE).toContain('the former one is back');
  await agent.isUp();
  expect(await drift()).toEqual(['server.addresses']);
}, 240_000);

test('a fleet follows its server to another name, when the certificate is for that name and of the CA it trusts', async () => {
  const world = await startWorld();
  const { services, server } = world;
  const agent = await configured(world, await startWaiting(world, ALONE));
  const { port } = new URL(server);
  // The very same place under the other name, which its certificate is not for.
  await agent.want({ server: { addresses: [`https://localhost:${port}`] } });
  expect((await agent.says('rolled_back')).message).toContain('not for localhost');
  // `certificates.names` has the name now: the server has a new certificate of the same CA.
  const named = `https://localhost:${await serveApi(services, ['localhost'])}`;
  await agent.want({ server: { addresses: [named] } });
  expect((await agent.says('applied')).inForce?.document).toMatchObject({ server: { addresses: [named] } });
  expect(agent.output()).toContain(`connected to ${new URL(named).host}`);
  // A unit that names the address of before finds it by its new name, too.
  await agent.restart({ server: 'https://127.0.0.1:1' });
  await expect.poll(agent.output, PATIENCE).toContain(`connected to ${new URL(named).host}`);
}, 240_000);

test('a machine whose confirmed proxy dies is reached without it, also after a restart, says so, and returns to the proxy; one whose owner wants the proxy waits for it', async () => {
  const world = await startWorld();
  const { services, admin, server } = world;
  const patient = 'other_ways_seconds: 1\n';
  const owners = await startProxy();
  const free = await configured(world, await startWaiting(world, { yaml: patient }));
  const bound = await configured(world, await startWaiting(world, { yaml: `${patient}proxy: ${owners.url}\n` }));
  const proxy = await startProxy();
  const document = { server: { addresses: [server], proxy: proxy.url } };
  for (const agent of [free, bound]) {
    await agent.want(document);
    await agent.says('applied');
  }
  await proxy.stop();
  await owners.stop();
  const { hostId } = free;
  const message = async () => (await admin.configuration.ofHost({ hostId })).message;
  await expect
    .poll(message, PATIENCE)
    .toMatch(/not reached as configured \(.*the proxy .*\), but at .* without a proxy$/);
  await free.isUp();
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({ status: 'applied', inForce: { document } });
  const history = async () => JSON.stringify(await admin.hosts.events({ hostId }));
  await expect.poll(history, PATIENCE).toContain('without a proxy');
  await free.restart();
  await expect.poll(message, PATIENCE).toContain('without a proxy');

  await startProxy(undefined, proxy.port);
  await expect.poll(message, PATIENCE).toBe('');
  await free.isUp();
  // All this time the other one has tried nothing but its owner's proxy.
  expect(services.presence.get(bound.hostId)?.state).not.toBe('up');
  expect(bound.output()).not.toContain('without a proxy');
  await startProxy(undefined, owners.port);
  await bound.isUp();
}, 240_000);

test('a copy of the log goes into a file of the agent’s own folder, and one that cannot be written is refused', async () => {
  const world = await startWorld();
  const agent = await configured(world, await startWaiting(world, ALONE));
  await agent.want({ log: { file: 'agent.log', level: 'debug' } });
  await agent.says('applied');
  const text = () => readFileSync(agent.path('log/agent.log'), 'utf8');
  await expect.poll(text, PATIENCE).toContain('the configuration of the server is in force');
  mkdirSync(agent.path('log/taken.log'));
  await agent.want({ log: { file: 'taken.log' } });
  expect((await agent.says('failed')).message).toContain('taken.log cannot be written: EISDIR');
  await agent.isUp();
  expect(text()).toContain('taken.log cannot be written');
}, 240_000);
