import { expect, test } from 'vitest';
import { createTurns } from './turns';

/** Work that goes on until it is let go. */
function startWork(turns: ReturnType<typeof createTurns>, started: string[]) {
  const letGo = new Map<string, () => void>();
  const start = (key: string, name = key) =>
    turns.take(key, () => {
      started.push(name);
      return new Promise<void>((resolve) => letGo.set(name, resolve));
    });
  return { start, finish: (name: string) => letGo.get(name)!() };
}

test('one at a time for each key, in the order they came, and four in all', async () => {
  const started: string[] = [];
  const { start, finish } = startWork(createTurns(), started);
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
  const turns = createTurns();
  const fail = () => turns.take('a', () => Promise.reject(new Error('no')));
  expect(await Promise.allSettled([fail(), fail()])).toMatchObject([
    { reason: { message: 'no' } },
    { reason: { message: 'no' } },
  ]);
  expect(await turns.take('a', async () => 'yes')).toBe('yes');
});

test('a crowd is told to come back, for one key or for all', async () => {
  const turns = createTurns();
  const { start } = startWork(turns, []);
  const refused = { appCode: 'auth.busy', retryAfterSeconds: 2 };
  for (let i = 0; i < 201; i++) void start('a', `a${i}`);
  await expect(start('a')).rejects.toMatchObject(refused);
  for (let i = 0; i < 803; i++) void start(`other ${i}`);
  await expect(start('b')).rejects.toMatchObject(refused);
});

test('as many at once under each key as it is told, whatever goes on under others, and its own word for a crowd', async () => {
  const started: string[] = [];
  const turns = createTurns({ perKey: 2, places: Infinity, crowded: 'request.crowded' });
  const { start, finish } = startWork(turns, started);
  const first = start('a', 'a1');
  for (const name of ['a2', 'a3', 'a4']) void start('a', name);
  for (const key of ['b', 'c', 'd', 'e', 'f']) void start(key);
  await expect.poll(() => started).toEqual(['a1', 'a2', 'b', 'c', 'd', 'e', 'f']);
  finish('a1');
  await first;
  await expect.poll(() => started.at(-1)).toBe('a3');
  for (let i = 0; i < 199; i++) void start('a', `more ${i}`);
  await expect(start('a')).rejects.toMatchObject({ appCode: 'request.crowded' });
});
