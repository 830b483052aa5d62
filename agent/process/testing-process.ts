import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** `tools/test/testing-setup.ts` has built it. */
const PROGRAM = fileURLToPath(new URL('../../build/agent/sysmanage-agent.cjs', import.meta.url));

const END_WITH_PARENT = fileURLToPath(new URL('../../tools/test/end-with-parent.mjs', import.meta.url));

/**
 * The agent as a process of its own, as it is started in earnest. Not part of the agent.
 *
 * @param input what it can read from its standard input
 * @param env besides what the test itself was given
 */
export function startAgentProcess(args: string[], input?: string, env: Record<string, string> = {}) {
  const first = input === undefined ? ['--import', END_WITH_PARENT] : [];
  const child = spawn(process.execPath, [...first, PROGRAM, ...args], {
    // eslint-disable-next-line no-restricted-properties -- the program under test is to find what this one has
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (input !== undefined) child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const said = async (part: string) => {
    while (!stderr.includes(part))
      await Promise.race([once(child.stderr, 'data'), ended.then(() => Promise.reject(new Error(stderr)))]);
  };
  return { child, ended, said };
}
