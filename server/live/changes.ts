import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A page that was away for longer loads its data again. */
const REMEMBERED_MS = 10 * 60_000;
const MINUTE_MS = 60_000;

/** What changed of one topic, as far as pages may still go on from before it. */
export interface ChangeLog {
  /** When each key changed last, the latest at the end. */
  changedAt: Map<string, number>;
  /** What all who want news are told of, the oldest first. */
  news: { at: number; key: string }[];
}

/**
 * Counts changes, and remembers which key changed when as a number: nothing is queued for whoever is away. What is
 * older than any page may go on from is forgotten.
 */
export interface Changes {
  /**
   * @returns when it is, or the present moment. Only this process can read it: whoever sees some hosts would else count
   * what happens to all others.
   */
  cursorAt(at?: number): string;
  now(): number;
  /** @returns null for what is no cursor of this process, or is older than what is remembered */
  read(cursor: string): number | null;
  log(): ChangeLog;
  mark(log: ChangeLog, key: string): number;
}

/** @param clock milliseconds */
export function createChanges(clock: () => number): Changes {
  const seal = createSeal();
  const logs: ChangeLog[] = [];
  let now = 0;
  let forgotten = 0;
  const minutes: { atMs: number; now: number }[] = [];

  function forget() {
    const atMs = clock();
    if (atMs - (minutes.at(-1)?.atMs ?? -Infinity) > MINUTE_MS) minutes.push({ atMs, now });
    while (minutes.length > 1 && atMs - minutes[1]!.atMs > REMEMBERED_MS) {
      minutes.shift();
      forgotten = minutes[0]!.now;
      for (const { changedAt, news } of logs) {
        for (const [key, at] of changedAt) {
          if (at > forgotten) break;
          changedAt.delete(key);
        }
        const kept = news.findIndex(({ at }) => at > forgotten);
        news.splice(0, kept < 0 ? news.length : kept);
      }
    }
  }

  return {
    cursorAt: (at = now) => seal.close(at),
    now: () => now,
    read(cursor) {
      const at = seal.open(cursor);
      return at !== null && at >= forgotten && at <= now ? at : null;
    },
    log() {
      const log: ChangeLog = { changedAt: new Map(), news: [] };
      logs.push(log);
      return log;
    },
    mark({ changedAt }, key) {
      forget();
      changedAt.delete(key);
      changedAt.set(key, ++now);
      return now;
    },
  };
}

/** In place of a key: something changed of all of them, as far as anybody knows. */
export const ALL_KEYS = '*';

const BLOCK = 16;

/**
 * Numbers as one block of AES, half of it random, so that two of one number have nothing in common. What another key
 * has closed opens as no number that was ever counted, but for one in 2⁶⁴.
 */
function createSeal(key = randomBytes(BLOCK)) {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return {
    close(at: number): string {
      const block = randomBytes(BLOCK);
      block.writeBigUInt64BE(BigInt(at));
      return cipher.update(block).toString('base64url');
    },
    open(text: string): number | null {
      const block = Buffer.from(text, 'base64url');
      return block.length === BLOCK ? Number(decipher.update(block).readBigUInt64BE()) : null;
    },
  };
}
