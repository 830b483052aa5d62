import { sql } from 'drizzle-orm';
import { expect, inject, onTestFinished, test } from 'vitest';
import { isCrowded } from './errors';
import { testDatabase } from './testing';

test('what one reader asks beyond a bound is refused, and nothing of what others ask', async () => {
  const { readsOf, close } = await testDatabase();
  onTestFinished(close);
  const ask = (key: string) =>
    readsOf({ key })
      .execute(sql`select 1`)
      .then(() => 'answered', isCrowded);
  const asked = Array.from({ length: 1100 }, () => ask('a'));
  expect(await ask('b')).toBe('answered');
  const outcomes = await Promise.all(asked);
  expect(outcomes.slice(0, 1000).every((one) => one === 'answered')).toBe(true);
  expect(outcomes.at(-1)).toBe(true);
  expect(await ask('a')).toBe('answered');
});

// PostgreSQL gives the other one a connection of their own.
test.skipIf(inject('template').kind === 'postgresql')(
  'where there is one connection, what others ask comes between what one reader asks',
  async () => {
    const { readsOf, close } = await testDatabase();
    onTestFinished(close);
    const answered: string[] = [];
    const ask = async (key: string) => {
      const reads = readsOf({ key });
      await (answered.length % 2 ? reads.execute(sql`select 1`) : reads.transaction((tx) => tx.execute(sql`select 1`)));
      answered.push(key);
    };
    const asked = Array.from({ length: 50 }, () => ask('a'));
    await ask('b');
    expect(answered.indexOf('b')).toBeLessThan(5);
    await Promise.all(asked);
    expect(answered).toHaveLength(51);
  },
);
