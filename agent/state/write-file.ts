import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Permission bits of the agent's files. The folder keeps other users out; the key is private even if it is moved
 * elsewhere.
 */
export const MODE = { folder: 0o700, key: 0o600, open: 0o644 } as const;

/** Replaces a file whole or not at all: a reader, also one after a power cut, sees the old content or the new. */
export function replaceFile(path: string, content: string | Buffer, mode: number): void {
  const temporary = writeBeside(path, content, mode);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(path);
}

/** Gives a file another name, of one that may be there, durably. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(to);
}

/**
 * Creates a file whole. Returns false, and changes nothing, when it is there already: of two racing starts one wins.
 */
export function createFile(path: string, content: string, mode: number): boolean {
  const temporary = writeBeside(path, content, mode);
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(path);
  return true;
}

/** The mode is given at creation. A chmod afterwards leaves a moment in which anybody may open the file. */
function writeBeside(path: string, content: string | Buffer, mode: number): string {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = openSync(temporary, 'wx', mode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return temporary;
}

/** A new name is durable only when its folder is. Windows has no handle on a folder to sync. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
