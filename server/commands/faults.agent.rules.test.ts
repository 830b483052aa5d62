/**
 * The agent as it is shipped, killed at each edge of a run, and a real server: what is known then, and what happened.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeStateFolder } from '../../agent/testing';
import { serveApi } from '../agents/testing';
import { startAgentProcess } from '../agents/testing-agent';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';

const PATIENCE = { timeout: 45_000 };
const JOURNAL = 'commands/journal';

/** Each line is written by one opening of the file, and synced by the next. */
const WRITE = { received: 1, running: 3, over: 5, settled: 7 };
const SYNC = { received: 2, running: 4, over: 6 };

async function startWorld(killAt: NonNullable<Parameters<typeof startAgentProcess>[0]['killAt']>) {
  const services = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600' });
  const admin = await administratorOf(services);
  const server = `https://127.0.0.1:${await serveApi(services)}`;
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-faults-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const stateDir = makeStateFolder();
  mkdirSync(stateDir, { mode: 0o700 });
  const registered = new Promise<string>((resolve) => {
    const stop = services.events.listen('host.approval_changed', EVERY, (changed) => (stop(), resolve(changed.hostId)));
  });
  const agent = startAgentProcess({ server, stateDir, killAt });
  const hostId = await registered;
  await admin.hosts.approve({ hostId });
  const draft = { parameters: { script: 'true' }, targets: { hostIds: [hostId] } };
  // It has said what it can run.
  await expect
    .poll(async () => (await admin.commands.preview({ kind: 'execute_shell', ...draft })).notTold, PATIENCE)
    .toBe(0);
  const trace = join(scratch, 'trace');
  const send = async (script: string) => {
    const targets = { hostIds: [hostId] };
    const { id } = await admin.commands.send({ kind: 'execute_shell', parameters: { script }, targets });
    return {
      state: async () => (await admin.commands.run({ commandId: id, hostId })).run.state,
      output: async () => {
        const { pieces } = await admin.commands.output({ commandId: id, hostId });
        return pieces.map(({ data }) => Buffer.from(data, 'base64').toString()).join('');
      },
    };
  };
  return { agent, send, trace, startAgain: () => startAgentProcess({ server, stateDir }) };
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

test.each([
  ['it has written that it received it', WRITE.received, 'succeeded', 1],
  ['that is synced', SYNC.received, 'succeeded', 1],
  ['it has written that it begins it', WRITE.running, 'succeeded', 1],
  // Whether a program had begun nobody can know: it is not begun for a second time, nor for the first.
  ['that is synced', SYNC.running, 'unknown', 0],
  ['it has written how it ended', WRITE.over, 'unknown', 1],
  ['that is synced', SYNC.over, 'succeeded', 1],
  ['it lets go of what the server has', WRITE.settled, 'succeeded', 1],
] as const)(
  'killed before %s (%i): the run is %s, and happened %i times',
  async (_what, nth, state, times) => {
    const { agent, send, trace, startAgain } = await startWorld({ file: JOURNAL, when: 'before', nth });
    const run = await send(`echo once >> ${trace}; echo written`);
    await agent.ended;
    startAgain();
    await expect.poll(run.state, PATIENCE).toBe(state);
    // The next one is done by an agent that has gone through all that was before it.
    const next = await send('echo next');
    await expect.poll(next.state, PATIENCE).toBe('succeeded');
    expect(await run.state()).toBe(state);
    expect(linesOf(trace)).toHaveLength(times);
    expect(await run.output()).toBe(times === 1 ? 'written\n' : '');
    expect(await next.output()).toBe('next\n');
  },
  120_000,
);
