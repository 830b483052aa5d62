import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DestinationStream } from 'pino';

interface Settings {
  file: string;
  /** Beyond so many megabytes a new one is begun. */
  max_mb: number;
  /** So many former ones are kept beside it: `FILE.1` is the last of them. */
  keep: number;
}

/** The server's own eyes, and those of the group that reads logs. */
const MODE = 0o640;

export interface LogFile extends DestinationStream {
  /** Goes on in the file that has the name now: somebody moved the former one away. */
  reopen(): void;
}

/**
 * A log in a file that makes room for itself. Each line is with the system when `write` returns: the last one before a
 * crash is the one that matters.
 * @throws NodeJS.ErrnoException when the file cannot be written
 */
export function openLogFile({ file, max_mb, keep }: Settings): LogFile {
  const most = max_mb * 2 ** 20;
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  let descriptor = openSync(file, 'a', MODE);
  let size = statSync(file).size;

  function reopen() {
    const next = openSync(file, 'a', MODE);
    closeSync(descriptor);
    descriptor = next;
    size = statSync(file).size;
  }

  function makeRoom() {
    rmSync(`${file}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 1; i--) moveIfThere(`${file}.${i}`, `${file}.${i + 1}`);
    if (keep > 0) moveIfThere(file, `${file}.1`);
    else rmSync(file, { force: true });
    reopen();
  }

  return {
    reopen,
    write(line) {
      const bytes = Buffer.from(line);
      try {
        if (size > 0 && size + bytes.length > most) makeRoom();
        for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
        size += bytes.length;
      } catch (error) {
        // A full disk must not end the server; standard error is the journal's, or a person's.
        process.stderr.write(`sysmanage: ${file} cannot be written: ${(error as Error).message}\n${line}`);
      }
    },
  };
}

function moveIfThere(from: string, to: string) {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
