import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FIRST = `'--import', ${JSON.stringify(join(import.meta.dirname, 'end-with-parent.mjs'))}`;

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Starts a program that does so of its own, and resolves with both. */
async function startParent(program: string) {
  const start = `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, [${FIRST}, '-e', ${JSON.stringify(program)}], {
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child.on('exit', (code) => console.log('ended with ' + code));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', start], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, said: String(said) };
}

test('a program that a test has started ends with a run that is killed', async () => {
  const { parent, said } = await startParent('console.log(process.pid); setInterval(() => {}, 1000)');
  const pid = Number(said);
  expect(isThere(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isThere(pid)).toBe(false);
});

test('it is not kept from ending by itself', async () => {
  const { parent, said } = await startParent('');
  expect(said).toBe('ended with 0\n');
  parent.kill('SIGKILL');
});
