import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { newAuthority, temporaryFolder } from '../certificates/testing';
import { loadConfig } from '../config';
import { startLocalAgent } from './local-agent';

async function startWithLog() {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const config = loadConfig([], { SYSMANAGE_DATA_DIR: await temporaryFolder() });
  const authority = await newAuthority();
  // Port 1 of loopback: nobody listens there, so the agent goes on trying.
  const agent = startLocalAgent({ services: { config, log, authority }, agentUrl: 'https://localhost:1' });
  onTestFinished(() => agent.stop());
  return { agent, lines };
}

test('it runs, what it says is in our log, and it ends when told to', async () => {
  const { agent, lines } = await startWithLog();
  await expect.poll(() => lines.map(({ process }) => process), { timeout: 15_000 }).toContain('local agent');
  await agent.stop();
  expect(lines.map(({ msg }) => msg)).not.toContain('the local agent ended; starting it again');
});

test('a program that is not there is a line in the log, not the end of the server', async () => {
  const program = process.execPath;
  process.execPath = '/nowhere/node';
  onTestFinished(() => void (process.execPath = program));
  const { agent, lines } = await startWithLog();
  await expect
    .poll(() => lines.map(({ msg }) => msg))
    .toEqual(['the local agent could not be run', 'the local agent ended; starting it again']);
  expect(lines[0]).toMatchObject({ err: { code: 'ENOENT' } });
  await agent.stop();
});
