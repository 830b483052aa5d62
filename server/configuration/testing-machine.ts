/** Machines with the built agent, for tests of what configurations do to them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { configurationLayers } from '../../db/schema';
import { serveApi } from '../agents/testing';
import { startAgentProcess } from '../agents/testing-agent';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';

export const PATIENCE = { timeout: 90_000 };
/** What the default of a minute is here. Twenty agents start and connect within it, also on a machine that is busy. */
export const CONFIRM_SECONDS = 30;

/** A server that agents reach at an address of its own. */
export const startWorld = async () => {
  const made = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600' });
  const admin = await administratorOf(made);
  return { services: made, admin, server: `https://127.0.0.1:${await serveApi(made)}` };
};
type World = Awaited<ReturnType<typeof startWorld>>;
export type Options = Omit<Parameters<typeof startAgentProcess>[0], 'stateDir'>;

/** A machine that asked to join. One at a time: the next that registers is it. */
export async function startWaiting(
  { services, server }: World,
  {
    yaml = '',
    confirmSeconds = CONFIRM_SECONDS,
    ...options
  }: Options & { yaml?: string; confirmSeconds?: number } = {},
) {
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-machine-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const stateDir = join(scratch, 'state');
  mkdirSync(stateDir, { mode: 0o700 });
  const settings = (text: string) => writeFileSync(join(stateDir, 'agent.yaml'), text);
  settings(`confirm_seconds: ${confirmSeconds}\n${yaml}`);
  const fullWhile = join(scratch, 'full');
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
export async function configured(world: World, waiting: Awaited<ReturnType<typeof startWaiting>>) {
  const { services, admin } = world;
  const { hostId, start, stateDir, fullWhile } = waiting;
  let { agent } = waiting;
  let before = '';
  const startAgain = (options: Options) => {
    before += `${agent.output()}--- started again\n`;
    agent = start(options);
  };
  // Each is a copy of this machine and has its name.
  await admin.hosts.approve({ hostId, fqdn: `host-${hostId}.example.com` });
  const isUp = () => expect.poll(() => services.presence.get(hostId)?.state, PATIENCE).toBe('up');
  await isUp();
  const want = async (document: string | Record<string, unknown>) => {
    await admin.configuration.saveHost({ hostId, document, etag: '*' });
  };
  const says = async (status: string) => {
    const look = () => admin.configuration.ofHost({ hostId });
    let said!: Awaited<ReturnType<typeof look>>;
    // Twenty that ask as often as they can would keep an embedded database from all else.
    await expect.poll(async () => (said = await look()).status, { ...PATIENCE, interval: 500 }).toBe(status);
    return said;
  };
  await want('heartbeat: { interval_seconds: 1000 }');
  const { wanted } = await says('applied');
  const restart = async (options: Options = {}, meanwhile = () => {}) => {
    await agent.stop();
    meanwhile();
    startAgain(options);
    await isUp();
  };
  return {
    hostId,
    want,
    says,
    isUp,
    restart,
    first: wanted.hash,
    output: () => agent.output(),
    /** All that it has said since it joined, also before it was started again. */
    story: () => before + agent.output(),
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
    async killWhile(killAt: NonNullable<Options['killAt']>, act: () => Promise<void>, options: Options = {}) {
      await restart({ killAt, ...options });
      await act();
      await agent.ended;
      startAgain(options);
    },
    /** The same in the moment in which it says so. */
    async killWhenItSays(part: string, act: () => Promise<void>, options: Options = {}) {
      await restart(options);
      await act();
      await expect.poll(agent.output, PATIENCE).toContain(part);
      agent.kill();
      await agent.ended;
      startAgain(options);
    },
  };
}
export type Agent = Awaited<ReturnType<typeof configured>>;
