// @ts-check
import { chmodSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** In bytes: five times what a whole run had lying there at once. */
const ROOM = 2 ** 30;

/**
 * Makes the folder in which a run keeps whatever it will throw away: in memory where Linux has plenty of it. A run
 * makes and drops a thousand databases, and PostgreSQL's tests take two thirds longer on a disk. `TMPDIR` has the last
 * word.
 * @returns {string} its path
 */
export function makeTestFolder() {
  const folder = mkdtempSync(
    join(process.env.TMPDIR === undefined && isRoomy() ? MEMORY : tmpdir(), 'sysmanage-test-'),
  );
  // PostgreSQL runs as another user where we are root, and must get through to its own folder.
  chmodSync(folder, 0o711);
  return folder;
}

function isRoomy() {
  if (process.platform !== 'linux' || freemem() < 4 * ROOM) return false;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    // Containers often forbid to run what lies there, and a copy of PostgreSQL may.
    const isExecutable = /^\S+ \/dev\/shm tmpfs (?!\S*\bnoexec\b)/m.test(readFileSync('/proc/mounts', 'utf8'));
    return isExecutable && bavail * bsize >= ROOM;
  } catch {
    // There is none here.
    return false;
  }
}
