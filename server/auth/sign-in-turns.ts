import { createTurns, type Turns } from '../../db/turns';
import { AppError } from '../errors';

/** As many as are hashed at once (auth/password.ts), and as many again that ask the database meanwhile. */
const PLACES = 4;

/** A request that waits costs memory; so many wait a second or two on any machine. */
const MOST_WAITING = { perKey: 200, all: 1000 };

/**
 * An attempt to sign in is counted before it is judged, and a rightful one is uncounted afterwards. If all that come at
 * once were counted at once, the right ones among them would lock their own account: a script that logs in twenty times
 * in parallel would be told to come back in a quarter of an hour. A crowd cannot take all places for one account
 * either. Throws `auth.busy` where too many wait.
 */
export const createSignInTurns = (): Turns =>
  createTurns({
    perKey: () => 1,
    places: PLACES,
    mostWaiting: MOST_WAITING,
    crowded: () => new AppError('auth.busy', { retryAfterSeconds: 2 }),
  });
