import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createScrapes, endingWith } from './scrapes';

const crowded = { appCode: 'request.crowded', retryAfterSeconds: 5 };
const by = (id: string) => ({ session: { user: { id } }, transport: { destroyed: false } });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Begins to make one that is made until it is let go. */
function begin(scrapes: ReturnType<typeof createScrapes>, user: string, kind: 'ansible' | 'figures' | 'targets') {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const answer = vi.fn(() => held);
  const done = scrapes.make(by(user), kind, answer);
  return { answer, done, letGo };
}

test('two are made at once for each person and kind and eight in all; what is over makes room', async () => {
  const scrapes = createScrapes();
  const own = [1, 2, 3].map(() => begin(scrapes, 'user 1', 'ansible'));
  const others = ['user 1', 'user 2', 'user 3'].flatMap((user) => [1, 2].map(() => begin(scrapes, user, 'figures')));
  const ninth = begin(scrapes, 'user 4', 'targets');
  await vi.advanceTimersByTimeAsync(0);
  expect(own.map(({ answer }) => answer.mock.calls.length)).toEqual([1, 1, 0]);
  expect(others.map(({ answer }) => answer.mock.calls.length)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(ninth.answer).not.toHaveBeenCalled();
  own[0]!.letGo();
  await vi.advanceTimersByTimeAsync(0);
  expect(ninth.answer, 'who has none under way is before who has one').toHaveBeenCalled();
  expect(own[2]!.answer).not.toHaveBeenCalled();
  own[1]!.letGo();
  await vi.advanceTimersByTimeAsync(0);
  expect(own[2]!.answer).toHaveBeenCalled();
});

test('one that waits too long for its turn is told when to come back', async () => {
  const scrapes = createScrapes();
  for (const _ of [1, 2]) begin(scrapes, 'user', 'ansible');
  const third = expect(begin(scrapes, 'user', 'ansible').done).rejects.toMatchObject(crowded);
  await vi.advanceTimersByTimeAsync(15_000);
  await third;
});

test('one that is read is over when its answer is closed, and only once', async () => {
  const scrapes = createScrapes();
  const answer = Object.assign(new EventEmitter(), { destroyed: false }) as unknown as ServerResponse;
  const end = await endingWith(scrapes, answer).hold(by('user'));
  for (let n = 1; n < 8; n++) await scrapes.hold(by('user'));
  const refused = async () => {
    const ninth = expect(scrapes.hold(by('user'))).rejects.toMatchObject(crowded);
    await vi.advanceTimersByTimeAsync(15_000);
    await ninth;
  };
  await refused();
  await scrapes.hold(by('another'));
  answer.emit('close');
  end();
  await scrapes.hold(by('user'));
  await refused();
  // One that was closed before its turn came takes no place.
  const closed = Object.assign(new EventEmitter(), { destroyed: true }) as unknown as ServerResponse;
  for (let n = 0; n < 9; n++) await endingWith(scrapes, closed).hold(by('third'));
});
