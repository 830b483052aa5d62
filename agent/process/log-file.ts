import { closeSync, constants, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SaidError } from '../../words/said-error';
import { type Said, words } from '../../words/words';

/** Bytes of one file; the next ones are `.1`, the last one before it, to `.4`. */
const MOST_BYTES = 10 * 2 ** 20;
const KEPT = 4;
/** After a failure, before it is tried again: a full disk would else be asked at each line. */
const RETRY_MS = 60_000;

/** A copy of the log in a file of a folder that is the agent's alone. */
export interface LogFile {
  /** Whether it could be written. @throws SaidError with why not */
  check(name: string | undefined): void;
  /** From now on lines go into this file, or into none. Never throws. */
  use(name: string | undefined): void;
  /** Never throws: what cannot be written is in the log itself, as all the others. */
  write(line: string): void;
}

interface Options {
  /** Told once of each failure, until it works again. */
  onFailure: (why: Said) => void;
  mostBytes?: number;
  now?: () => number;
}

/**
 * @param folder of its files, for the agent alone; it is made when the first is written. A name has no folder in it, so
 * that whoever chooses one from afar writes nowhere else.
 */
export function createLogFile(folder: string, { onFailure, mostBytes = MOST_BYTES, now = Date.now }: Options): LogFile {
  let name: string | undefined;
  let open: { fd: number; bytes: number } | null = null;
  let failedAt = -Infinity;

  function close(): void {
    const file = open;
    open = null;
    try {
      if (file) closeSync(file.fd);
    } catch {
      // What could not be written is told where it is written.
    }
  }

  function openFile(): { fd: number; bytes: number } {
    open ??= openIn(folder, name!);
    if (open.bytes < mostBytes) return open;
    close();
    const path = join(folder, name!);
    rmSync(`${path}.${KEPT}`, { force: true });
    for (let age = KEPT - 1; age >= 0; age--) move(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`);
    return (open = openIn(folder, name!));
  }

  function fail(error: unknown): void {
    const isFirst = failedAt === -Infinity;
    failedAt = now();
    // A full disk would cost a descriptor each time.
    close();
    if (isFirst) onFailure(whyNot(folder, name!, error));
  }

  return {
    check(wanted) {
      if (wanted === undefined || (wanted === name && open)) return;
      try {
        closeSync(openIn(folder, wanted).fd);
      } catch (error) {
        throw new SaidError(whyNot(folder, wanted, error));
      }
    },
    use(wanted) {
      if (wanted === name) return;
      close();
      name = wanted;
      failedAt = -Infinity;
    },
    write(line) {
      if (name === undefined || now() - failedAt < RETRY_MS) return;
      try {
        const file = openFile();
        file.bytes += writeSync(file.fd, line);
        failedAt = -Infinity;
      } catch (error) {
        fail(error);
      }
    },
  };
}

/** Never through a link: whoever could lay one there would choose what the agent writes into. */
function openIn(folder: string, name: string): { fd: number; bytes: number } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  const fd = openSync(join(folder, name), O_APPEND! | O_CREAT! | O_WRONLY! | O_NOFOLLOW | O_NONBLOCK, 0o600);
  const state = fstatSync(fd);
  if (state.isFile()) return { fd, bytes: state.size };
  closeSync(fd);
  throw Object.assign(new Error('not a file'), { code: 'EINVAL' });
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

const whyNot = (folder: string, name: string, error: unknown) =>
  words('agent.log.file_failed', { path: join(folder, name), why: (error as NodeJS.ErrnoException).code ?? 'unknown' });
