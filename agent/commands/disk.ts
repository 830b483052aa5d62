import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { MODE, replaceFile, syncFolder } from '../state/write-file';

/**
 * A folder of the agent's own, with what commands leave. All of it throws the system's error; what was written before
 * an error is of no account, because the next write begins where its caller says.
 */
export interface Disk {
  list(): string[];
  /** Null when there is no such file. */
  read(name: string): Buffer | null;
  /** At most so many bytes from there; fewer at the end. */
  readAt(name: string, position: number, length: number): Buffer;
  /** Cuts the file off there and writes on, making it when it is not there. Not durable before `sync`. */
  writeAt(name: string, position: number, bytes: Buffer): void;
  /** What was written to the file is durable when it returns, and so is its name. */
  sync(name: string): void;
  /** Whole and durable, or as it was. */
  replace(name: string, bytes: Buffer): void;
  /** Nothing happens when it is not there. */
  remove(name: string): void;
}

/** The folder on a real disk: 0700, made when it is first written to. */
export function openDisk(folder: string): Disk {
  const pathOf = (name: string) => join(folder, name);
  const using = <T>(name: string, flags: string, act: (file: number) => T): T => {
    const file = openSync(pathOf(name), flags, MODE.key);
    try {
      return act(file);
    } finally {
      closeSync(file);
    }
  };
  const makeFolder = () => {
    if (mkdirSync(folder, { recursive: true, mode: MODE.folder }) !== undefined) syncFolder(folder);
  };
  return {
    list: () => absentIs([], () => readdirSync(folder)),
    read: (name) => absentIs(null, () => readFileSync(pathOf(name))),
    readAt(name, position, length) {
      const bytes = Buffer.allocUnsafe(length);
      return bytes.subarray(
        0,
        using(name, 'r', (file) => readSync(file, bytes, 0, length, position)),
      );
    },
    writeAt(name, position, bytes) {
      const write = (file: number) => {
        ftruncateSync(file, position);
        for (let done = 0; done < bytes.length;) {
          done += writeSync(file, bytes, done, bytes.length - done, position + done);
        }
      };
      if (position > 0) return using(name, 'r+', write);
      makeFolder();
      using(name, 'w', write);
    },
    sync(name) {
      using(name, 'r+', fsyncSync);
      syncFolder(pathOf(name));
    },
    replace(name, bytes) {
      makeFolder();
      replaceFile(pathOf(name), bytes, MODE.key);
    },
    remove: (name) => rmSync(pathOf(name), { force: true }),
  };
}

function absentIs<T>(instead: T, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead;
    throw error;
  }
}
