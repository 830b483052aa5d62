import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Alarm } from '../process/alarm';
import type { Connection } from '../connection/connection';
import type { Log } from '../process/log';
import type { FactSection } from '../protocol';
import type { FactBook } from './facts';

const compress = promisify(gzip);
/** A look costs a few files, and a few commands where nothing else tells. */
export const LOOK_EVERY_MS = 5 * 60_000;
/** Those that come back together tell what they have to tell apart from each other. */
const SPREAD_MS = 10_000;
/** Before it is tried again after a refusal or when the server has no room. */
const RETRY_MS = 60_000;

export interface Telling {
  connection: Pick<Connection, 'client' | 'over'>;
  book: FactBook;
  log: Log;
  /** The server has what this machine knew last: it answered so to the hello. */
  isKnown: boolean;
  random?: () => number;
  /** Milliseconds until the next look, asked before each. */
  lookEveryMs?: () => number;
  /** Rings when it is to be looked at once. */
  again?: Alarm;
  spreadMs?: number;
}

/**
 * Tells the server what it lacks of this machine's facts, and then whatever changes, until the connection ends. Never
 * rejects. Nothing is sent while nothing changed.
 */
export async function tellFacts({
  connection: { client, over },
  book,
  log,
  isKnown,
  random = Math.random,
  lookEveryMs = () => LOOK_EVERY_MS,
  again = new Alarm(),
  spreadMs = SPREAD_MS,
}: Telling): Promise<void> {
  let agreed = isKnown ? book.digest() : undefined;
  const pause = (ms: number) => setTimeout(ms, undefined, { signal: over, ref: false });
  try {
    await pause(isKnown ? random() * lookEveryMs() : random() * spreadMs);
    for (;;) {
      await book.look();
      over.throwIfAborted();
      const digest = book.digest();
      if (digest !== agreed && (await tell())) agreed = digest;
      await again.wait(digest === agreed ? lookEveryMs() : RETRY_MS * (0.5 + random()), over);
      over.throwIfAborted();
    }
  } catch (error) {
    if (!over.aborted) log.warn(`facts are not told any more on this connection: ${(error as Error).message}`);
  }

  /** Whether both ends agree now. */
  async function tell(): Promise<boolean> {
    try {
      // Once more after what was wanted has been sent: then nothing is, and the server has kept the digest.
      for (let round = 0; round < 2; round++) {
        const { wanted } = await client.agents.offerFacts.mutate({ hashes: book.hashes() });
        if (wanted.length === 0) return true;
        for (const name of wanted) await send(name);
      }
      const { wanted } = await client.agents.offerFacts.mutate({ hashes: book.hashes() });
      return wanted.length === 0;
    } catch (error) {
      over.throwIfAborted();
      log.debug(`the facts could not be told, and are again: ${(error as Error).message}`);
      return false;
    }
  }

  async function send(name: FactSection): Promise<void> {
    const section = book.section(name);
    if (!section) return;
    const content = (await compress(section.json)).toString('base64');
    await client.agents.reportFacts.mutate({ section: name, hash: section.hash, content });
  }
}
