/** The agent as it is shipped and a real server: ways to break an agent by its configuration, none of which does. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { makeAuthority, makeServerIdentity, startTestServer } from '../../agent/testing';
import { startProxy } from '../../agent/testing-proxy';
import { serveApi } from '../agents/testing';
import { type Agent, CONFIRM_SECONDS, configured, PATIENCE, startWaiting, startWorld } from './testing-machine';

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
  options?: Parameters<typeof startWaiting>[1];
  act: (agent: Agent) => Promise<void>;
  status: 'rolled_back' | 'failed' | 'applied';
  why: RegExp | '';
  /** What else is so when it is back. */
  also?: (agent: Agent) => unknown;
  /** Before the next good configuration is pushed. */
  mend?: (agent: Agent) => void;
}

const moved = (address: string) => (agent: Agent) => agent.want({ server: { addresses: [address] } });
/** More than is passed over in silence (`agent/clock.ts`). */
const WRONG_CLOCK_MS = 30 * 3_600_000;
/** As a service is started: by what agent.yaml says alone. */
const BY_ITS_FILE = { server: '' };
/** Of the limit, nine tenths are for the trial. */
const NOT_REACHED = `not reached within ${CONFIRM_SECONDS * 0.9} s: `;

/** Killed at each step: the candidate is written, then moved beside the one in force, then moved in its place. */
const KILLS = [
  ['before', 'configuration.next.json', 'rolled_back'],
  ['after', 'configuration.next.json', 'rolled_back'],
  ['before', 'configuration.json', 'rolled_back'],
  ['after', 'configuration.json', 'applied'],
] as const;

/** @param others where nobody is, a server that is another, and the same one elsewhere */
const waysOf = (server: string, others: { closed: string; stranger: string; elsewhere: string }): Way[] => [
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
  {
    what: 'killed when it is moved, and before agent.yaml says so',
    act: (agent) =>
      agent.killWhile({ file: 'configuration.json', when: 'after' }, () => moved(others.elsewhere)(agent), BY_ITS_FILE),
    status: 'applied',
    why: '',
    async also(agent) {
      expect(readFileSync(agent.path('agent.yaml'), 'utf8')).toContain(`server: ${others.elsewhere}\n`);
      expect((await agent.says('applied')).drift).toEqual([]);
    },
  },
  {
    what: 'killed while it looks for the server where nobody is',
    // However busy this machine is, it has not gone back by itself before.
    options: { confirmSeconds: 600 },
    act: (agent) =>
      agent.killWhenItSays('nothing listens', () => moved(`https://${others.closed}`)(agent), BY_ITS_FILE),
    status: 'rolled_back',
    why: /stopped/,
  },
];

/** By its own log, for how long it tried what it has left: how soon it connects then is this machine's business. */
function secondsTried(story: string): number {
  const saidAt = (part: string) => {
    const line = story.split('\n').findLast((one) => one.includes(part));
    return Date.parse(line!.slice(0, line!.indexOf(' ')));
  };
  return (saidAt('the former one is back') - saidAt('a configuration of the server is tried')) / 1000;
}

/** What fails says what the agent said: nobody can ask it any more. */
async function withStory(agent: Agent, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new Error(`${what}: ${(cause as Error).message}\n${agent.story()}`, { cause });
  }
}

test('twelve ways to break an agent: each is back by itself, says why, and takes the next good configuration', async () => {
  const world = await startWorld();
  const { services, admin, server } = world;
  const elsewhere = `https://127.0.0.1:${await serveApi(services)}`;
  const ways = waysOf(server, { closed: await closedPort(), stranger: await stranger(), elsewhere });
  const waiting = [];
  for (const { options } of ways) waiting.push(await startWaiting(world, options));
  const agents = await Promise.all(waiting.map((one) => configured(world, one)));
  await Promise.all(
    ways.map(({ what, act, status, why, also, mend }, i) =>
      withStory(agents[i]!, what, async () => {
        const agent = agents[i]!;
        await act(agent);
        const { message, inForce, wanted } = await agent.says(status);
        expect(message).toMatch(why);
        await agent.isUp();
        const expected = status === 'applied' ? wanted.hash : agent.first;
        expect(inForce?.hash).toBe(expected);
        await expect.poll(agent.inForce, PATIENCE).toBe(expected);
        // A timer may be late where there is no processor; what it is late by is not another limit's worth.
        if (String(why).includes(NOT_REACHED)) {
          expect(secondsTried(agent.story()), 'seconds tried').toBeLessThan(2 * CONFIRM_SECONDS);
        }
        await also?.(agent);
        mend?.(agent);
        // The next good one moves it, too.
        await agent.want({ server: { addresses: [`https://${await closedPort()}`, server] } });
        const { inForce: now, wanted: next } = await agent.says('applied');
        expect(now).toMatchObject({ hash: next.hash, document: next.document });
      }),
    ),
  );
  const unread = ways.findIndex(({ what }) => what === 'a file in force that cannot be read');
  const history = () => admin.hosts.events({ hostId: agents[unread]!.hostId });
  await expect.poll(async () => JSON.stringify(await history()), PATIENCE).toContain('cannot read configuration.json');
}, 240_000);

test('a fleet is moved to another address and behind a proxy without a hand on a machine, and one that joined through a proxy stays', async () => {
  const world = await startWorld();
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
