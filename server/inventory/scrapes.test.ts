import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createScrapes, endingWith, scrape } from './scrapes';

const tooMany = expect.objectContaining({ appCode: 'request.too_many', retryAfterSeconds: 5 });

test('two at once for each person and eight in all; what is over makes room', () => {
  const scrapes = createScrapes();
  const ends = [1, 2, 3, 4].flatMap((n) => [scrapes.begin(`user ${n}`), scrapes.begin(`user ${n}`)]);
  expect(() => scrapes.begin('user 1')).toThrow(tooMany);
  expect(() => scrapes.begin('user 5')).toThrow(tooMany);
  ends[7]!();
  expect(() => scrapes.begin('user 1'), 'there is room for others only').toThrow(tooMany);
  const end = scrapes.begin('user 5');
  end();
  // Those that were refused take no place.
  scrapes.begin('user 5');
});

test('one is over when its answer is closed, and only once', () => {
  const scrapes = createScrapes();
  const answer = new EventEmitter();
  const end = endingWith(scrapes, answer).begin('user');
  scrapes.begin('user');
  expect(() => scrapes.begin('user')).toThrow(tooMany);
  answer.emit('close');
  end();
  scrapes.begin('user');
  expect(() => scrapes.begin('user')).toThrow(tooMany);
});

test('one that fails is over, too', async () => {
  const asked = { scrapes: createScrapes(), session: { user: { id: 'user' } } };
  for (let n = 0; n < 9; n++) await expect(scrape(asked, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await scrape(asked, async () => 'yes')).toBe('yes');
});
