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

/** So many looks that see the same. */
const looks = (n: number, identity: string, disks = '/') => Array.from({ length: n }, () => state(identity, disks));

it('tells each change of the disks at once, and one of the name or addresses when it has stayed', async () => {
  expect(await watch([...looks(1, 'a'), ...looks(2, 'b'), ...looks(2, 'b', '/ /srv'), ...looks(2, 'b')])).toEqual([
    'disks',
    'identity',
    'disks',
  ]);
});

it('tells nothing of a network that went and came back', async () => {
  expect(
    await watch([...looks(1, 'a'), ...looks(2, 'b'), ...looks(5, 'a'), ...looks(2, 'c'), ...looks(2, 'd')]),
  ).toEqual([]);
});

it('tells of a network that comes and goes less and less often, and in the end what is', async () => {
  const turns = Array.from({ length: 5 }, () => [...looks(12, 'with'), ...looks(12, 'without')]).flat();
  const told = await watch([...looks(1, 'without'), ...turns, ...looks(60, 'with')]);
  expect(told).toHaveLength(3);
});

it('tells a change again that did not arrive', async () => {
  expect(await watch([...looks(1, 'a'), ...looks(6, 'b')], (attempt) => attempt > 1)).toEqual(['identity', 'identity']);
});

it('sees this machine unchanged from one look to the next', async () => {
  const look = createLook(new Measurer(createLog('error')));
  expect(await look()).toEqual(await look());
});
