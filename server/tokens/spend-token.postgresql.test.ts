import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { spentTokens, tokenChains } from '../../db/schema';
import { addPerson } from '../rest/testing';
import { testServices } from '../testing';
import { spendToken } from './spend-token';
import { startChain } from './start-chain';

// Of a hundred at once one or two were answered with 500: they broke the reference to the chain that another was
// deleting.
test('a token whose chain is just being ended is refused, and nothing breaks', async () => {
  const services = await testServices();
  const userId = await addPerson(services);
  const context = { ...services, address: '192.0.2.1' };
  const { token } = await startChain(services.db, services.tokens, userId, new Date());
  await spendToken(context, token);

  const second = await services.db.transaction(async (tx) => {
    await tx.delete(tokenChains).where(eq(tokenChains.userId, userId));
    const use = Promise.allSettled([spendToken(context, token)]);
    const waiting = async () =>
      (
        await services.db.execute<{ n: number }>(
          sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).rows[0]!.n;
    await expect.poll(waiting).toBe(1);
    return { use };
  });

  expect(await second.use).toMatchObject([{ status: 'rejected', reason: { appCode: 'token.invalid' } }]);
  expect(await services.db.select().from(spentTokens)).toEqual([]);
});
