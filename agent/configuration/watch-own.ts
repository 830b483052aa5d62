import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../process/log';
import { FILES } from '../state/open-folder';
import type { Own } from './own';

/**
 * The server is to hear of an edit within two seconds. A look is one stat(2); watching by inotify would miss editors
 * that put another file in the place of this one, and `watchFile` an edit that comes before its own first look.
 */
const LOOK_MS = 1000;

interface Watching {
  folder: string;
  /** Throws when the file cannot be read or says what means nothing. */
  read: () => Own;
  log: Log;
  signal: AbortSignal;
}

/**
 * Calls with what agent.yaml says whenever somebody has changed that, until the signal aborts.
 * @returns looks at once
 */
export function watchOwn({ folder, read, log, signal }: Watching, onChange: (own: Own) => void): () => void {
  const path = join(folder, FILES.settings);
  let known: Own | null = null;
  let isFirst = true;
  let complaint = '';
  const look = () => {
    try {
      const own = read();
      const isSame = isDeepStrictEqual(own, known);
      // Who empties it, or takes it away to put another there, has not lifted what it forbids.
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (!isFirst && !isSame && !size) throw new Error(`${path} is ${size === 0 ? 'empty' : 'gone'}`);
      complaint = '';
      if (isSame) return;
      known = own;
      if (!isFirst) onChange(own);
    } catch (error) {
      // Somebody is writing it just now, or has made a mistake. What it said last still counts.
      const { message } = error as Error;
      if (message !== complaint) log.warn(`${message}; what it said before still counts`);
      complaint = message;
    } finally {
      // One that means nothing at first, and is mended, says something new.
      isFirst = false;
    }
  };
  let seen: string | null = null;
  const lookIfTouched = () => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    const now = stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : '';
    if (now === seen) return;
    seen = now;
    look();
  };
  lookIfTouched();
  const timer = setInterval(lookIfTouched, LOOK_MS).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return look;
}
