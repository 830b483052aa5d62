import { expect, test, vi } from 'vitest';
import { createTurns } from './turns';

const bounds = { perKey: () => 1, mostWaiting: { perKey: 200, all: 1000 }, crowded: () => new Error('crowded') };

/** Work that goes on until it is let go. */
function startWork(turns: ReturnType<typeof createTurns>, started: string[]) {
  const letGo = new Map<string, () => void>();
  const start = (key: string, name = key, hasLeft?: () => boolean) => {
    const work = () => {
      started.push(name);
      return new Promise<void>((resolve) => letGo.set(name, resolve));
    };
    return turns.take(key, work, { hasLeft });
  };
  return { start, finish: (name: string) => letGo.get(name)!() };
}

test('one at a time for each key, in the order they came, and four in all', async () => {
  const started: string[] = [];
  const { start, finish } = startWork(createTurns({ ...bounds, places: 4 }), started);
  const first = start('a', 'a1');
  for (const name of ['a2', 'a3']) void start('a', name);
  for (const key of ['b', 'c', 'd', 'e']) void start(key);
  await expect.poll(() => started).toEqual(['a1', 'b', 'c', 'd']);
  finish('a1');
  await first;
  await expect.poll(() => started).toEqual(['a1', 'b', 'c', 'd', 'a2']);
  finish('c');
  await expect.poll(() => started).toEqual(['a1', 'b', 'c', 'd', 'a2', 'e']);
});

test('what fails makes room like what succeeds', async () => {
  const turns = createTurns(bounds);
  const fail = () => turns.take('a', () => Promise.reject(new Error('no')));
  expect(await Promise.allSettled([fail(), fail()])).toMatchObject([
    { reason: { message: 'no' } },
    { reason: { message: 'no' } },
  ]);
  expect(await turns.take('a', async () => 'yes')).toBe('yes');
});

test('a crowd is told to come back, for one key or for all', async () => {
  const { start } = startWork(createTurns({ ...bounds, places: 4 }), []);
  for (let i = 0; i < 201; i++) void start('a', `a${i}`);
  await expect(start('a')).rejects.toThrow('crowded');
  for (let i = 0; i < 803; i++) void start(`other ${i}`);
  await expect(start('b')).rejects.toThrow('crowded');
});

test('as many at once under each key as it is told; what of others waits refuses nobody who may begin', async () => {
  const started: string[] = [];
  const { start, finish } = startWork(createTurns({ ...bounds, perKey: () => 2 }), started);
  const first = start('a', 'a1');
  for (const name of ['a2', 'a3', 'a4']) void start('a', name);
  await expect.poll(() => started).toEqual(['a1', 'a2']);
  finish('a1');
  await first;
  await expect.poll(() => started).toEqual(['a1', 'a2', 'a3']);
  for (let key = 0; key < 5; key++) for (let i = 0; i < 202; i++) start(`crowd ${key}`, `${key} ${i}`).catch(() => {});
  void start('b');
  await expect.poll(() => started.at(-1)).toBe('b');
});

test('a free place goes to the key with the fewest under way, however long others have waited', async () => {
  const started: string[] = [];
  const { start, finish } = startWork(createTurns({ ...bounds, perKey: () => 3, places: 3 }), started);
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) void start('a', name);
  void start('b');
  await expect.poll(() => started).toEqual(['a1', 'a2', 'a3']);
  finish('a1');
  await expect.poll(() => started).toEqual(['a1', 'a2', 'a3', 'b']);
});

test('what waits for somebody who has left is never begun, and takes no room', async () => {
  const started: string[] = [];
  const { start, finish } = startWork(createTurns({ ...bounds, mostWaiting: { perKey: 2 } }), started);
  let isGone = false;
  const first = start('a', 'a1');
  const left = [1, 2].map(() => start('a', 'left', () => isGone));
  await expect(start('a')).rejects.toThrow('crowded');
  isGone = true;
  const next = start('a', 'a2');
  for (const one of left) await expect(one).rejects.toThrow('crowded');
  const leaving = start('a', 'leaving', () => isGone);
  finish('a1');
  await first;
  await expect.poll(() => started).toEqual(['a1', 'a2']);
  finish('a2');
  await next;
  await expect(leaving).rejects.toThrow('crowded');
  expect(started).toEqual(['a1', 'a2']);
});

test('who waits longer than there is patience for is told so, and whoever began in time is not', async () => {
  vi.useFakeTimers();
  try {
    const started: string[] = [];
    const { start, finish } = startWork(createTurns({ ...bounds, patienceMs: 15_000 }), started);
    const first = start('a', 'a1');
    const second = start('a', 'a2');
    await vi.advanceTimersByTimeAsync(10_000);
    const third = expect(start('a', 'a3')).rejects.toThrow('crowded');
    finish('a1');
    await first;
    await vi.advanceTimersByTimeAsync(14_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await third;
    finish('a2');
    await second;
    expect(started).toEqual(['a1', 'a2']);
  } finally {
    vi.useRealTimers();
  }
});
