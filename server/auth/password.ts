import { hash, verify } from '@node-rs/argon2';

/** Hashing runs on the threads that files and name look-ups need too, of which there are four. */
const AT_ONCE = 2;

let running = 0;
const queue: (() => void)[] = [];

/**
 * argon2id with the library's defaults, which are OWASP's first choice: 19 MiB, 2 passes, 1 lane. Returns the PHC
 * string. Of the composed form (NFC, as in RFC 8265, 4.2): keyboards disagree on what an é is made of.
 */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password.normalize()));

/** A hash of nothing anyone knows, to spend the same time on an unknown user as on a wrong password. */
const decoy = hash(crypto.randomUUID());

/** `stored` null: there is no such user. Takes as long, and is false. */
export async function isPasswordOf(stored: string | null, password: string): Promise<boolean> {
  const against = stored ?? (await decoy);
  const matches = await inTurn(() => verify(against, password.normalize()));
  return stored !== null && matches;
}

/** A flood of sign-ins waits here instead of starving everything else. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) running++;
  else await new Promise<void>((resolve) => queue.push(resolve));
  try {
    return await work();
  } finally {
    // Handed over and not given up: whoever came in between would take it too.
    const next = queue.shift();
    if (next) next();
    else running--;
  }
}
