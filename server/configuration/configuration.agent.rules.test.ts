/** The agent as it is shipped and a real server: ways to break an agent by its configuration, none of which does. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeStateFolder } from '../../agent/testing';
import { configurationLayers } from '../../db/schema';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';
import { serveApi } from '../agents/testing';
import { startAgentProcess } from '../agents/testing-agent';

const PATIENCE = { timeout: 45_000 };
/** What the default of a minute is here. */
const CONFIRM_SECONDS = 4;

async function setUp() {
  const services = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600' });
  const admin = await administratorOf(services);
  const server = `https://127.0.0.1:${await serveApi(services)}`;

  /** An agent that is let in, and has its first configuration of the server. */
  async function startConfigured() {
    const stateDir = makeStateFolder();
    mkdirSync(stateDir, { mode: 0o700 });
    writeFileSync(join(stateDir, 'agent.yaml'), `confirm_seconds: ${CONFIRM_SECONDS}\n`);
    const registered = new Promise<string>((resolve) => {
      const stop = services.events.listen('host.approval_changed', EVERY, ({ hostId, from }) => {
        if (from !== null) return;
        stop();
        resolve(hostId);
      });
    });
    let agent = startAgentProcess({ server, stateDir });
    const hostId = await registered;
    // Each is a copy of this machine and has its name.
    await admin.hosts.approve({ hostId, fqdn: `host-${hostId}.example.com` });
    const isUp = () => expect.poll(() => services.presence.get(hostId)?.state, PATIENCE).toBe('up');
    await isUp();
    const want = async (document: string | Record<string, unknown>) => {
      await admin.configuration.saveHost({ hostId, document, etag: '*' });
    };
    const says = async (status: string) => {
      await expect.poll(async () => (await admin.configuration.ofHost({ hostId })).status, PATIENCE).toBe(status);
      return admin.configuration.ofHost({ hostId });
    };
    await want('heartbeat: { interval_seconds: 1000 }');
    const { wanted } = await says('applied');
    return {
      hostId,
      want,
      says,
      isUp,
      first: wanted.hash,
      inForce: () => JSON.parse(readFileSync(join(stateDir, 'configuration.json'), 'utf8')) as { hash: string },
      /** It is stopped, and started again to be killed at that moment, which is waited for; `act` leads to it. */
      async killWhile(
        killAt: NonNullable<Parameters<typeof startAgentProcess>[0]['killAt']>,
        act: () => Promise<void>,
      ) {
        await agent.stop();
        agent = startAgentProcess({ server, stateDir, killAt });
        await isUp();
        await act();
        await agent.ended;
        agent = startAgentProcess({ server, stateDir });
      },
    };
  }
  return { services, server, startConfigured };
}

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `https://127.0.0.1:${port}`;
}

test('a server that cannot be reached, or a document that means nothing: each agent is back by itself and says why', async () => {
  const { services, server, startConfigured } = await setUp();
  const port = Number(new URL(server).port);
  const unreachable = {
    'a port where nobody is': await closedPort(),
    'an address that the certificate is not for': `https://127.0.0.2:${port}`,
    'a name that does not resolve': `https://nobody.invalid:${port}`,
  };
  const breaks = Object.entries(unreachable).map(([what, address]) => ({ what, address, why: 'not reached within' }));
  const agents = [];
  for (let i = 0; i <= breaks.length; i++) agents.push(await startConfigured());
  const newer = agents.pop()!;

  await Promise.all(agents.map((agent, i) => agent.want({ server: { addresses: [breaks[i]!.address] } })));
  // As a server of a later version would keep it.
  await services.db
    .update(configurationLayers)
    .set({ document: { telepathy: { enabled: true } } })
    .where(eq(configurationLayers.hostId, newer.hostId));
  services.events.emit('inbox.changed', { hostId: newer.hostId, kind: 'configuration' });

  expect((await newer.says('failed')).message).toContain('telepathy');
  for (const [i, agent] of agents.entries()) {
    const { what, why } = breaks[i]!;
    const { message, inForce } = await agent.says('rolled_back');
    expect(message, what).toContain(why);
    expect(inForce?.hash, what).toBe(agent.first);
    await agent.isUp();
  }
  // The next good one works, also one that moves it.
  for (const agent of [...agents, newer]) {
    expect(agent.inForce().hash).toBe(agent.first);
    await agent.want({ server: { addresses: [await closedPort(), server] }, heartbeat: { ping_seconds: 30 } });
    const { wanted, inForce } = await agent.says('applied');
    expect(inForce).toMatchObject({ hash: wanted.hash, document: wanted.document });
  }
}, 120_000);

test.each([
  ['before', 'configuration.next.json', 'rolled_back'],
  ['after', 'configuration.next.json', 'rolled_back'],
  ['before', 'configuration.json', 'rolled_back'],
  ['after', 'configuration.json', 'applied'],
] as const)(
  'killed %s it writes %s: it comes back, %s',
  async (when, file, status) => {
    const { startConfigured } = await setUp();
    const agent = await startConfigured();
    await agent.killWhile({ file, when }, () => agent.want('heartbeat: { interval_seconds: 2000 }'));
    const { message, inForce, wanted } = await agent.says(status);
    expect(inForce?.hash).toBe(status === 'applied' ? wanted.hash : agent.first);
    expect(agent.inForce().hash).toBe(inForce?.hash);
    if (status === 'rolled_back') expect(message).toContain('stopped');
    await agent.want('heartbeat: { interval_seconds: 3000 }');
    await agent.says('applied');
  },
  120_000,
);
