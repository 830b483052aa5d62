/** The agent as it is shipped and a real server: ways to break an agent by its configuration, none of which does. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { makeAuthority, makeServerIdentity, makeStateFolder, startTestServer } from '../../agent/testing';
import { startProxy } from '../../agent/testing-proxy';
import { configurationLayers } from '../../db/schema';
import { serveApi } from '../agents/testing';
import { startAgentProcess } from '../agents/testing-agent';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';

const PATIENCE = { timeout: 90_000 };
/** What the default of a minute is here. Twenty agents start and connect within it. */
const CONFIRM_SECONDS = 8;

const services = async () => {
  const made = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600' });
  const admin = await administratorOf(made);
  return { services: made, admin, server: `https://127.0.0.1:${await serveApi(made)}` };
};
type World = Awaited<ReturnType<typeof services>>;
type Options = Omit<Parameters<typeof startAgentProcess>[0], 'server' | 'stateDir'>;

/** A machine that asked to join. One at a time: the next that registers is it. */
async function startWaiting({ services, server }: World, { yaml = '', ...options }: Options & { yaml?: string } = {}) {
  const stateDir = makeStateFolder();
  mkdirSync(stateDir, { mode: 0o700 });
  const settings = (text: string) => writeFileSync(join(stateDir, 'agent.yaml'), text);
  settings(`confirm_seconds: ${CONFIRM_SECONDS}\n${yaml}`);
  const fullWhile = join(stateDir, '..', 'full');
  const registered = new Promise<string>((resolve) => {
    const stop = services.events.listen('host.approval_changed', EVERY, ({ hostId, from }) => {
      if (from !== null) return;
      stop();
      resolve(hostId);
    });
  });
  const start = (more: Options = {}) => startAgentProcess({ server, stateDir, fullWhile, ...options, ...more });
  const agent = start();
  return { hostId: await registered, agent, start, stateDir, fullWhile };
}

/** It is let in, and has its first configuration of the server. */
async function configured(world: World, waiting: Awaited<ReturnType<typeof startWaiting>>) {
  const { services, admin } = world;
  const { hostId, start, stateDir, fullWhile } = waiting;
  let { agent } = waiting;
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
  const restart = async (options: Options = {}, meanwhile = () => {}) => {
    await agent.stop();
    meanwhile();
    agent = start(options);
    await isUp();
  };
  return {
    hostId,
    want,
    says,
    isUp,
    restart,
    first: wanted.hash,
    path: (name: string) => join(stateDir, name),
    /** By its own file; null while that cannot be read. */
    inForce(): string | null {
      try {
        return (JSON.parse(readFileSync(join(stateDir, 'configuration.json'), 'utf8')) as { hash: string }).hash;
      } catch {
        return null;
      }
    },
    fill: () => writeFileSync(fullWhile, ''),
    empty: () => rmSync(fullWhile),
    /** As a server of another version would keep it. */
    async wantAnyway(document: object) {
      const layer = `host/${hostId}`;
      const row = { layer, hostId, version: 2, document };
      const { layer: target } = configurationLayers;
      await services.db.insert(configurationLayers).values(row).onConflictDoUpdate({ target, set: { document } });
      services.events.emit('inbox.changed', { hostId, kind: 'configuration' });
    },
    /** It is stopped, and started again to be killed at that moment, which is waited for; `act` leads to it. */
    async killWhile(killAt: NonNullable<Options['killAt']>, act: () => Promise<void>) {
      await restart({ killAt });
      await act();
      await agent.ended;
      agent = start();
    },
  };
}
type Agent = Awaited<ReturnType<typeof configured>>;

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

/** A server like ours that another CA vouches for. */
async function stranger(): Promise<string> {
  const tls = await makeServerIdentity(await makeAuthority());
  const { port } = await startTestServer({ tls, router: initTRPC.create().router({}) });
  return `https://127.0.0.1:${port}`;
}

interface Way {
  what: string;
  /** Its clock is wrong, say. */
  options?: Options;
  act: (agent: Agent) => Promise<void>;
  status: 'rolled_back' | 'failed' | 'applied';
  why: RegExp | '';
  /** Before the next good configuration is pushed. */
  mend?: (agent: Agent) => void;
}

const moved = (address: string) => (agent: Agent) => agent.want({ server: { addresses: [address] } });
/** More than is passed over in silence (`agent/clock.ts`). */
const WRONG_CLOCK_MS = 30 * 3_600_000;
const NOT_REACHED = `not reached within ${CONFIRM_SECONDS} s: `;

/** Killed at each step: the candidate is written, then moved beside the one in force, then moved in its place. */
const KILLS = [
  ['before', 'configuration.next.json', 'rolled_back'],
  ['after', 'configuration.next.json', 'rolled_back'],
  ['before', 'configuration.json', 'rolled_back'],
  ['after', 'configuration.json', 'applied'],
] as const;

const waysOf = (server: string, others: { closed: string; stranger: string }): Way[] => [
  ...Object.entries({
    'a port where nobody is': [`https://${others.closed}`, 'nothing listens'],
    'an address that the certificate is not for': [`https://localhost:${new URL(server).port}`, 'not for localhost'],
    'a name that does not resolve': [`https://nobody.invalid:${new URL(server).port}`, 'nobody.invalid'],
    'a server that the pin is not of': [others.stranger, 'pinned CA did not sign'],
  }).map(([what, [address, why]]): Way => {
    return { what, act: moved(address!), status: 'rolled_back', why: new RegExp(`${NOT_REACHED}.*${why}`) };
  }),
  {
    what: 'a proxy that is away',
    act: (agent) => agent.want({ server: { proxy: `http://${others.closed}` } }),
    status: 'rolled_back',
    why: new RegExp(`${NOT_REACHED}.*the proxy 127.0.0.1.*ECONNREFUSED`),
  },
  {
    what: 'a clock that is more than a day ahead, and a port where nobody is',
    options: { clockOffsetMs: WRONG_CLOCK_MS },
    act: moved(`https://${others.closed}`),
    status: 'rolled_back',
    why: new RegExp(NOT_REACHED),
  },
  {
    what: 'an address with a path',
    act: (agent) => agent.wantAnyway({ server: { addresses: [`${server}/agents`] } }),
    status: 'failed',
    why: /server\.addresses\.0: .*more than a host and a port/,
  },
  {
    what: 'a document that does not validate',
    act: (agent) => agent.wantAnyway({ log: { level: 'loud' } }),
    status: 'failed',
    why: /log\.level/,
  },
  {
    what: 'a document of a newer version',
    act: (agent) => agent.wantAnyway({ telepathy: { enabled: true } }),
    status: 'failed',
    why: /telepathy/,
  },
  {
    what: 'a full disk',
    async act(agent) {
      agent.fill();
      await agent.want('heartbeat: { interval_seconds: 2000 }');
    },
    status: 'failed',
    why: /ENOSPC/,
    mend: (agent) => agent.empty(),
  },
  {
    what: 'a file in force that cannot be read',
    act: (agent) => agent.restart({}, () => writeFileSync(agent.path('configuration.json'), '{"hash": 1')),
    // It has what it had, fetched anew.
    status: 'applied',
    why: '',
  },
  ...KILLS.map(([when, file, status]): Way => {
    return {
      what: `killed ${when} it writes ${file}`,
      act: (agent) => agent.killWhile({ file, when }, () => agent.want('heartbeat: { interval_seconds: 2000 }')),
      status,
      why: status === 'applied' ? '' : /stopped/,
    };
  }),
];

test('twelve ways to break an agent: each is back by itself, says why, and takes the next good configuration', async () => {
  const world = await services();
  const { admin, server } = world;
  const ways = waysOf(server, { closed: await closedPort(), stranger: await stranger() });
  const waiting = [];
  for (const { options } of ways) waiting.push(await startWaiting(world, options));
  const agents = await Promise.all(waiting.map((one) => configured(world, one)));
  await Promise.all(
    ways.map(async ({ what, act, status, why, mend }, i) => {
      const agent = agents[i]!;
      await act(agent);
      const { message, inForce, wanted } = await agent.says(status);
      expect(message, what).toMatch(why);
      await agent.isUp();
      const expected = status === 'applied' ? wanted.hash : agent.first;
      expect(inForce?.hash, what).toBe(expected);
      await expect.poll(agent.inForce, { ...PATIENCE, message: what }).toBe(expected);
      mend?.(agent);
      // The next good one moves it, too.
      await agent.want({ server: { addresses: [`https://${await closedPort()}`, server] } });
      const { inForce: now, wanted: next } = await agent.says('applied');
      expect(now, what).toMatchObject({ hash: next.hash, document: next.document });
    }),
  );
  const unread = ways.findIndex(({ what }) => what === 'a file in force that cannot be read');
  const history = () => admin.hosts.events({ hostId: agents[unread]!.hostId });
  await expect.poll(async () => JSON.stringify(await history()), PATIENCE).toContain('cannot read configuration.json');
}, 240_000);

test('a fleet is moved to another address and behind a proxy without a hand on a machine, and one that joined through a proxy stays', async () => {
  const world = await services();
  const { services: moving, admin, server } = world;
  const inside = await startProxy();
  const waiting = [await startWaiting(world), await startWaiting(world, { yaml: `proxy: ${inside.url}\n` })];
  const agents = await Promise.all(waiting.map((one) => configured(world, one)));
  expect(inside.targets.length, 'it joined through it').toBeGreaterThan(1);
  const { id: fleetId } = await admin.fleets.create({ name: 'All', rule: 'state = up or state = down' });
  for (const { hostId } of agents) await admin.fleets.putHost({ fleetId, hostId });

  const other = `https://127.0.0.1:${await serveApi(moving)}`;
  await admin.configuration.saveFleet({ fleetId, document: { server: { addresses: [other] } }, etag: '*' });
  for (const agent of agents) {
    expect((await agent.says('applied')).inForce?.document).toMatchObject({ server: { addresses: [other] } });
  }
  const proxy = await startProxy('agents:hush');
  const through = { proxy: proxy.url, proxy_user: 'agents', proxy_password: 'hush' };
  await admin.configuration.saveFleet({
    fleetId,
    document: { server: { addresses: [server], ...through } },
    etag: '*',
  });
  for (const agent of agents) await agent.says('applied');
  expect(proxy.targets).toContain(new URL(server).host);
  // Its own way to the server is its owner's to decide.
  const behind = await admin.configuration.ofHost({ hostId: agents[1]!.hostId });
  expect(behind).toMatchObject({ drift: [], inForce: { document: { server: { proxy: inside.url } } } });
  expect(behind.locked).toContain('server.proxy');
  expect(JSON.stringify(behind)).not.toContain('hush');
}, 240_000);
