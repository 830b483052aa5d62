/**
 * The real agent in a process of its own, and one of the two clocks wrong. The agent's OpenSSL asks the machine's own
 * clock, which cannot be set here: that it bears a wrong one is shown by the server's certificates, which a wrong clock
 * of the server dates as far off as a wrong clock of the agent would read them.
 */
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AddressInfo } from 'node:net';
import { makeStateFolder } from '../../agent/testing';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';
import { serveApiOn } from './testing';
import { startAgentProcess } from './testing-agent';

const HOUR_MS = 60 * 60 * 1000;
const PATIENCE = { timeout: 30_000 };

let services: Awaited<ReturnType<typeof testServices>>;

/** A server and a newcomer that asks it to join. Their CA and its certificates are made by the server's clock. */
async function start(whose: 'agent' | 'server', hours: number) {
  if (whose === 'server') vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * HOUR_MS });
  services = await testServices();
  const admin = await administratorOf(services);
  const api = await serveApiOn(services);
  // Node dates its answers by the machine's clock, whatever `Date` says.
  api.prependListener('request', (_request, response) => response.setHeader('Date', new Date().toUTCString()));
  const registered = new Promise<string>((resolve) =>
    services.events.listen('host.approval_changed', EVERY, ({ hostId }) => resolve(hostId)),
  );
  const agent = startAgentProcess({
    server: `https://127.0.0.1:${(api.address() as AddressInfo).port}`,
    stateDir: makeStateFolder(),
    clockOffsetMs: whose === 'agent' ? hours * HOUR_MS : 0,
  });
  return { admin, agent, registered };
}

beforeEach(() => onTestFinished(() => void vi.useRealTimers()));

const serialOf = async (admin: Awaited<ReturnType<typeof administratorOf>>, hostId: string) =>
  (await admin.hosts.byId({ hostId })).certificate?.serial;

describe.each([
  ['agent', 24],
  ['agent', -24],
  ['server', 24],
  ['server', -24],
] as const)('the clock of the %s wrong by %i hours', (whose, hours) => {
  test('enrols, connects and renews, and no word of it', async () => {
    const { admin, agent, registered } = await start(whose, hours);
    const hostId = await registered;
    await admin.hosts.approve({ hostId });
    await expect.poll(() => services.presence.get(hostId)?.state, PATIENCE).toBe('up');
    const before = await serialOf(admin, hostId);

    await admin.hosts.rotateCertificate({ hostIds: [hostId] });
    await expect.poll(() => serialOf(admin, hostId), PATIENCE).not.toBe(before);
    await expect.poll(async () => (await admin.hosts.byId({ hostId })).host.state, PATIENCE).toBe('up');

    expect(agent.output()).not.toContain('clock');
    expect(services.logged.filter(({ level }) => (level as number) >= 40)).toEqual([]);
  }, 60_000);
});

test.each([
  ['agent', 240],
  ['agent', -240],
  ['server', -240],
] as const)(
  'the clock of the %s wrong by %i hours: it connects, and names both clocks',
  async (whose, hours) => {
    const { admin, agent, registered } = await start(whose, hours);
    const hostId = await registered;
    await admin.hosts.approve({ hostId });
    await expect.poll(() => services.presence.get(hostId)?.state, PATIENCE).toBe('up');
    const said = /this machine's clock says (\S+), the server's says (\S+): 10 days apart; set the wrong one/.exec(
      agent.output(),
    );
    const apartHours = (Date.parse(said![1]!) - Date.parse(said![2]!)) / HOUR_MS;
    expect(Math.round(apartHours)).toBe(whose === 'agent' ? hours : -hours);
  },
  60_000,
);

test('the clock of the server ten days fast: nothing is sent to a certificate of the future, and both clocks are named', async () => {
  const { agent } = await start('server', 240);
  await agent.said("the server's certificate is not valid at this machine's time (CERT_NOT_YET_VALID)");
  expect(agent.output()).toMatch(
    /; this machine's clock says \S+, the server's says \S+: 10 days apart; set the wrong one/,
  );
  expect(await services.db.query.hosts.findMany()).toEqual([]);
}, 60_000);
