import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { lowerName, savedViews } from '../../db/schema';
import { storableText } from '../storable-text';
import { router, signedIn } from '../trpc';
import { saveView } from './save-view';

/** A filter's rule has at most 2,000 characters, each of which may be three times as long in an address. */
const LONGEST_QUERY = 8000;

/** Anything may stand in it: the page reads what it knows of it, as of any address. */
const query = storableText(LONGEST_QUERY).transform((text) => new URLSearchParams(text).toString());

/** How one looks at the list of hosts. One's own, on every device, whatever one's role. */
export const viewsRouter = router({
  list: signedIn.query(({ ctx: { db, session } }) =>
    db
      .select({ id: savedViews.id, name: savedViews.name, query: savedViews.query })
      .from(savedViews)
      .where(eq(savedViews.userId, session.user.id))
      .orderBy(asc(lowerName(savedViews.name)), asc(savedViews.id)),
  ),

  save: signedIn
    .input(z.object({ name: storableText(60).trim().min(1), query }))
    .mutation(({ ctx, input }) => saveView(ctx, input)),

  /** One that is not the caller's is left as it is, and one that is gone is gone. */
  delete: signedIn.input(z.object({ viewId: z.uuid() })).mutation(async ({ ctx: { db, session }, input }) => {
    await db.delete(savedViews).where(and(eq(savedViews.id, input.viewId), eq(savedViews.userId, session.user.id)));
  }),
});
