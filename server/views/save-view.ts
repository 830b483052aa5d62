import { and, count, eq, ne } from 'drizzle-orm';
import { users, savedViews } from '../../db/schema';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';

/** Each is a link above the list. */
const MOST_VIEWS = 30;

/** Keeps how the caller looks at the list of hosts; one of the same name is replaced. Throws `view.too_many`. */
export async function saveView(
  { db, session }: SignedIn,
  { name, query }: { name: string; query: string },
): Promise<{ id: string; name: string }> {
  const userId = session.user.id;
  return db.transaction(async (tx) => {
    // One at a time: two at once would both be the last that may be.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('no key update');
    const [others] = await tx
      .select({ n: count() })
      .from(savedViews)
      .where(and(eq(savedViews.userId, userId), ne(savedViews.name, name)));
    if (others!.n >= MOST_VIEWS) throw new AppError('view.too_many');
    const [view] = await tx
      .insert(savedViews)
      .values({ userId, name, query })
      .onConflictDoUpdate({ target: [savedViews.userId, savedViews.name], set: { query } })
      .returning({ id: savedViews.id, name: savedViews.name });
    return view!;
  });
}
