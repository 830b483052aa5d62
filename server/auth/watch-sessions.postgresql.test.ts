import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { sessions, users } from '../../db/schema';
import { testServices } from '../testing';
import { watchSessions } from './watch-sessions';

// Once one look hung, no other was ever begun, and whoever was shut out by another process went on watching.
test('a look that hangs is given up and said, another is begun, and only so many hang at once', async () => {
  const services = await testServices();
  const [user] = await services.db
    .insert(users)
    .values({ email: 'somebody@example.com', passwordHash: '-', role: 'viewer' })
    .returning();
  const cookie = await services.sessions.start(user!.id);
  const session = (await services.sessions.find(cookie.split(';')[0]))!;
  const failures = () => services.logged.filter(({ msg }) => msg === 'the sessions of open pages could not be checked');
  let tellEnded = () => {};
  const ended = new Promise<void>((resolve) => (tellEnded = resolve));

  await services.db.transaction(async (tx) => {
    await tx.execute(sql`lock table session in access exclusive mode`);
    onTestFinished(watchSessions(services).watch({ session, onEnd: tellEnded, onChange: () => undefined }));
    const stuck = async () =>
      (
        await services.db.execute<{ n: number }>(
          sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).rows[0]!.n;
    await expect.poll(stuck).toBe(3);
    expect(failures()).toHaveLength(1);
    await tx.delete(sessions);
  });

  await ended;
});
