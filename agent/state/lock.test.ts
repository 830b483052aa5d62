import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../process/exit-codes';
import { makeStateFolder } from '../testing';
import { extendLock, lockIdentity } from './lock';
import { openStateFolder } from './open-folder';

function setUp() {
  const folder = makeStateFolder();
  openStateFolder(folder);
  return { folder, secret: randomBytes(32).toString('hex') };
}

const refused = expect.objectContaining({
  exitCode: EXIT.ALREADY_RUNNING,
  message: expect.stringMatching(/^another agent already runs/),
});

it('is held by one at a time', async () => {
  const { folder, secret } = setUp();
  const release = await lockIdentity(folder, secret);
  await expect(lockIdentity(folder, secret)).rejects.toEqual(refused);
  const releaseOther = await lockIdentity(folder, 'another machine');
  releaseOther();
  release();
  (await lockIdentity(folder, secret))();
});

it('is held under the next key too, once it is extended', async () => {
  const { folder, secret } = setUp();
  await lockIdentity(folder, secret);
  const next = randomBytes(32).toString('hex');
  await extendLock(folder, next);
  for (const known of [secret, next]) await expect(lockIdentity(folder, known)).rejects.toEqual(refused);
});

it('is won by exactly one of many at once', async () => {
  const { folder, secret } = setUp();
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => lockIdentity(folder, secret)));
  const won = tries.filter((result) => result.status === 'fulfilled');
  expect(won).toHaveLength(1);
  won.forEach(({ value }) => value());
});

it('is free again after kill -9 of its holder', async () => {
  const { folder, secret } = setUp();
  const program = `import { lockIdentity } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
    await lockIdentity(${JSON.stringify(folder)}, ${JSON.stringify(secret)});
    console.log('held');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  await expect(lockIdentity(folder, secret)).rejects.toEqual(refused);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  (await lockIdentity(folder, secret))();
}, 20_000);
