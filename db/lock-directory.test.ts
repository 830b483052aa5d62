import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatabaseLockedError } from './errors';
import { lockDirectory } from './lock-directory';

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sysmanage-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

/** A process that takes the lock, says how it went, and then only lives. */
async function contend(): Promise<{ child: ChildProcess; outcome: string }> {
  const script = `
    import { lockDirectory } from '${import.meta.dirname}/lock-directory.ts';
    setInterval(() => {}, 1000);
    lockDirectory(${JSON.stringify(directory)}).then(() => console.log('held'), (error) => console.log(error.name));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [outcome] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, outcome };
}

test('a second one is refused until the first lets go', async () => {
  const release = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(DatabaseLockedError);
  await expect(lockDirectory(directory)).rejects.toThrow(`${directory} is in use by process ${process.pid}`);
  await release();
  await (
    await lockDirectory(directory)
  )();
  expect(await readdir(directory)).toEqual([]);
});

test('another process is refused, and a killed one leaves no lock behind', async () => {
  const { child, outcome } = await contend();
  expect(outcome).toBe('held');
  await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (
    await lockDirectory(directory)
  )();
  expect(await readdir(directory)).toEqual([]);
});

test('a process that is stopped still holds it', async () => {
  const { child } = await contend();
  child.kill('SIGSTOP');
  await expect(lockDirectory(directory)).rejects.toThrow('in use by another process');
});

test('of many at once exactly one gets it', async () => {
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const attempt of attempts) {
    if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(DatabaseLockedError);
    else await attempt.value();
  }
});

test('of many processes at once, over the remains of a crash, exactly one gets it', async () => {
  const crashed = await contend();
  crashed.child.kill('SIGKILL');
  await once(crashed.child, 'exit');
  const outcomes = (await Promise.all(Array.from({ length: 4 }, contend))).map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(['DatabaseLockedError', 'DatabaseLockedError', 'DatabaseLockedError', 'held']);
});

test('a directory deeper than a socket path may be is locked all the same', async () => {
  const deep = join(directory, 'd'.repeat(100), 'e'.repeat(100));
  await mkdir(deep, { recursive: true });
  const release = await lockDirectory(deep);
  await expect(lockDirectory(deep)).rejects.toThrow(DatabaseLockedError);
  await release();
  expect(await readdir(deep)).toEqual([]);
});

test('a plain file in the place of a lock is cleared away', async () => {
  await writeFile(join(directory, 'pglite.lock-0123456789abcdef'), '');
  await (
    await lockDirectory(directory)
  )();
  expect(await readdir(directory)).toEqual([]);
});
