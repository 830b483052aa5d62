import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askHolder, type Answer } from './ask-lock-holder';
import { DatabaseLockedError, DatabaseOpenError } from './errors';
import { words } from '../words/words';

const PREFIX = 'pglite.lock-';
/** `sun_path` of macOS and the BSDs without its closing zero, in bytes; Linux has four more. */
const MAX_SOCKET_PATH = 103;
/** How long to wait for another that is also just starting. */
const PATIENCE_MS = 5000;

/**
 * Keeps every other process out of the directory until the returned function is called or this process ends, in
 * whatever way. A listening socket is the lock: the kernel closes it with its process, so a crash leaves nothing that
 * looks held, and no process id can be mistaken for another's.
 *
 * Each contender listens under a new name of its own, and only then looks at the others. Of two, the later one must
 * see the earlier. A name is never used again, so removing a dead one cannot remove a living one.
 *
 * @throws DatabaseLockedError, and DatabaseOpenError where the file system cannot hold a socket
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  let held = false;
  const server = createServer((socket) => {
    socket.on('error', () => {}); // Whoever asked may leave before the answer.
    socket.end(`${held ? 'held' : 'trying'} ${process.pid}\n`);
  });
  server.unref();
  if (process.platform === 'win32') return lockByPipe(server, directory);

  const name = PREFIX + randomBytes(8).toString('hex');
  const release = async () => {
    await rm(join(directory, name), { force: true });
    await new Promise((resolve) => server.close(resolve));
  };
  await withShortPath(directory, name, async (folder) => {
    await listen(server, join(folder, `.${name}`), directory);
    // A bound socket that does not listen yet looks dead: others must see it only when it answers.
    await rename(join(folder, `.${name}`), join(folder, name));
    try {
      await outlastOthers(directory, folder, name);
    } catch (error) {
      await release();
      throw error;
    }
  });
  held = true;
  return release;
}

/** Returns when nobody else holds the lock or can get it any more. */
async function outlastOthers(directory: string, folder: string, name: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const others = (await readdir(directory)).filter((other) => other.startsWith(PREFIX) && other !== name);
    let undecided = false;
    for (const other of others) {
      const answer = await askHolder(join(folder, other));
      if (answer.state === 'gone') await rm(join(directory, other), { force: true });
      // Two that start together see each other: the lower name stays, the other gives way.
      else if (answer.state !== 'held' && name < other && Date.now() < deadline) undecided = true;
      else throw lockedBy(directory, answer);
    }
    if (!undecided) return;
    await sleep(20);
  }
}

function lockedBy(directory: string, answer: Answer): DatabaseLockedError {
  return new DatabaseLockedError(
    answer.pid
      ? words('server.database.held_by', { folder: directory, pid: String(answer.pid) })
      : words('server.database.held', { folder: directory }),
  );
}

async function listen(server: Server, path: string, directory: string): Promise<void> {
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = (error as Error).message;
    throw new DatabaseOpenError(words('server.database.no_lock', { folder: directory, reason }), { cause: error });
  }
}

/** Sockets have very short paths; a symbolic link gives a deep directory a short name while we bind and ask. */
export async function withShortPath<Result>(
  directory: string,
  name: string,
  run: (folder: string) => Promise<Result>,
): Promise<Result> {
  if (Buffer.byteLength(join(directory, `.${name}`)) <= MAX_SOCKET_PATH) return run(directory);
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-'));
  try {
    await symlink(await realpath(directory), join(folder, 'd'));
    return await run(join(folder, 'd'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Windows ends a named pipe with its process, and lets only one process create it. */
async function lockByPipe(server: Server, directory: string): Promise<() => Promise<void>> {
  const id = createHash('sha256')
    .update((await realpath(directory)).toLowerCase())
    .digest('hex');
  const path = `\\\\.\\pipe\\sysmanage-${id}`;
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw lockedBy(directory, await askHolder(path));
    throw error;
  }
  return async () => void (await new Promise((resolve) => server.close(resolve)));
}
