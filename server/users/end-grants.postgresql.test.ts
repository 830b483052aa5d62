import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { userLinks } from '../../db/schema';
import { administratorOf, browserOf, callerFor, personOf, testServices } from '../testing';

// Whoever deleted somebody's own link before they held those of others waited for who held these and wanted that one.
test.each(['signOutEverywhere', 'deactivate'] as const)(
  '%s and a one-time link that is used at the same moment do not wait for each other',
  async (act) => {
    const services = await testServices();
    const boss = await administratorOf(services, 'boss@example.com');
    // Of two who have made each other's links, the older one's link is locked first.
    const ids: string[] = [];
    for (const email of ['older@example.com', 'younger@example.com'])
      ids.push((await (await personOf(services, 'administrator', email)).users.me())!.id);
    const [older, younger] = await Promise.all(ids.map((userId) => browserOf(services, userId)));
    const { token } = await younger!.users.renewLink({ userId: ids[0]! });
    await older!.users.renewLink({ userId: ids[1]! });

    const { used, ended } = await services.db.transaction(async (tx) => {
      const waiting = async () =>
        (
          await services.db.execute<{ n: number }>(
            sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
        ).rows[0]!.n;
      await tx.select().from(userLinks).where(eq(userLinks.userId, ids[0]!)).for('update');
      const used = Promise.allSettled([
        callerFor(services).users.useLink({ token, password: 'correct horse battery' }),
      ]);
      await expect.poll(waiting).toBe(1);
      const ended = Promise.allSettled([boss.users[act]({ userId: ids[1]! })]);
      await expect.poll(waiting).toBe(2);
      return { used, ended };
    });

    expect(await ended).toMatchObject([{ status: 'fulfilled' }]);
    expect((await used)[0]).toMatchObject({ status: 'fulfilled' });
  },
);
