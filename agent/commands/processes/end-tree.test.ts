import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { untilGone } from './end-tree';

it('waits for what ends, and not for ever for what no signal ends', async () => {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const tree = { runId: 'none', leaders: new Set([child.pid!]), cgroup: null };
  await untilGone(tree, 200);
  expect(child.exitCode ?? child.signalCode, 'it is there still').toBeNull();
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await untilGone(tree, 1_000_000_000);
  expect(await exited).toEqual([null, 'SIGKILL']);
});
