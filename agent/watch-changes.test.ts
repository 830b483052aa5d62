import { expect, it } from 'vitest';
import { createLog } from './process/log';
import { Measurer } from './collect/measurer';
import { createLook, watchChanges, type Watched } from './watch-changes';

/** Watches a scripted series of looks and records what was told; ends with the series. */
async function watch(series: Watched[], isToldAt = (_attempt: number) => true) {
  const over = new AbortController();
  const told: string[] = [];
  let attempt = 0;
  const look = async () => {
    const next = series.shift()!;
    if (series.length === 0) over.abort();
    return { ...next };
  };
  const onIdentity = async () => {
    told.push('identity');
    return isToldAt(++attempt);
  };
  await watchChanges({ look, everyMs: 0, onIdentity, onDisks: () => told.push('disks') }, over.signal);
  return told;
}

const state = (identity: string, disks: string): Watched => ({ identity, disks });

it('tells nothing while nothing changes', async () => {
  expect(await watch([state('a', '/'), state('a', '/'), state('a', '/')])).toEqual([]);
});

it('tells each change once', async () => {
  const series = [state('a', '/'), state('b', '/'), state('b', '/ /srv'), state('b', '/ /srv'), state('a', '/')];
  expect(await watch(series)).toEqual(['identity', 'disks', 'disks', 'identity']);
});

it('tells a change again that did not arrive', async () => {
  expect(
    await watch([state('a', '/'), state('b', '/'), state('b', '/'), state('b', '/')], (attempt) => attempt > 1),
  ).toEqual(['identity', 'identity']);
});

it('sees this machine unchanged from one look to the next', async () => {
  const look = createLook(new Measurer(createLog('error')));
  expect(await look()).toEqual(await look());
});
