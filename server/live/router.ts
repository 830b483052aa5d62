import { z } from 'zod';
import { AppError } from '../errors';
import { router, type SignedIn, signedIn } from '../trpc';
import type { Batch, Page } from './page';

/** A page shows a list of 200 at most, and counts of it; or parts of a long one, each of which it read by itself. */
const MOST_KEYS = 200;
const MOST_INTERESTS = 16;

const interest = z.object({
  topic: z.string().max(50),
  keys: z.array(z.string().max(100)).max(MOST_KEYS),
  news: z.boolean().default(false),
  since: z.string().max(100),
});

const watched = z.object({
  /** Of this socket's watches, from 1 on. What is streamed names the one it follows. */
  number: z.int().min(1),
  interests: z.array(interest).max(MOST_INTERESTS),
});

/** Only on a page's socket. Each topic has a permission of its own. */
export const liveRouter = router({
  /** One for all that a page shows; it says nothing until the page has said what that is. */
  stream: signedIn.subscription(
    // It is JSON already, see `Written`; this is what the page reads from it.
    ({ ctx, signal }) => pageOf(ctx).stream(signal!) as unknown as AsyncGenerator<Batch>,
  ),
  watch: signedIn.input(watched).query(({ ctx, input }) => pageOf(ctx).watch(input.number, input.interests)),
});

function pageOf({ page }: SignedIn): Page {
  if (!page) throw new AppError('request.method');
  return page;
}
