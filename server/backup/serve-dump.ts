import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { chmod, type FileHandle, open, rm, statfs, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { OpenDatabase } from '../../db/client';
import { type Dumped, dumpRows } from '../../db/dump/dump-rows';
import { withShortPath } from '../../db/lock-directory';
import { type Log, logFailure } from '../log';
import { lineOf } from './archive';

const NAME = 'backup.sock';

/** A reader that takes nothing for so long has stalled, and the next one has its turn. */
const PATIENCE_MS = 60_000;

/** The database stops where 32 MB are left (db/guard-pglite.ts): a backup leaves it twice that. */
const LEFT_BYTES = 64 * 2 ** 20;

/** So often it is looked what is left, in bytes that were dumped. */
const LOOK_BYTES = 8 * 2 ** 20;

interface Options {
  directory: string;
  log: Log;
  patienceMs?: number;
  leftBytes?: number;
}

/**
 * Gives the embedded database, which no other process can open while this one runs, to a backup that is made meanwhile:
 * to whoever may open a socket in the data directory, which is the server's user. It is compressed into a file first,
 * which has no name and so is gone with this process: a slow reader keeps nobody else from the one connection, and no
 * dump has to fit into memory.
 */
export async function serveDump(database: OpenDatabase, options: Options) {
  const { directory, log } = options;
  let turn = Promise.resolve();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined)); // whoever asked has left
    socket.once('close', () => sockets.delete(socket));
    // One at a time: each is as large as the database.
    turn = turn
      .then(() => give(database, options, socket))
      .catch((error: unknown) => {
        socket.destroy();
        if (!hasLeft(error)) logFailure(log, 'the database could not be given to a backup', error);
      });
  });
  // The directory is locked: what is there is of a process that died.
  await rm(join(directory, NAME), { force: true });
  await withShortPath(directory, NAME, async (folder) => {
    server.listen(join(folder, NAME));
    await once(server, 'listening');
  });
  await chmod(join(directory, NAME), 0o600);
  server.unref();
  return {
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      // Whoever reads slowly or not at all gets no whole dump, and sees that.
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, turn]);
      await rm(join(directory, NAME), { force: true });
    },
  };
}

async function give(
  database: OpenDatabase,
  { directory, patienceMs = PATIENCE_MS, leftBytes = LEFT_BYTES }: Options,
  socket: Socket,
): Promise<void> {
  if (socket.destroyed) return;
  const file = await openUnnamed(join(directory, 'backup.unfinished'));
  try {
    const gzip = createGzip();
    const written = writeFile(file, gzip);
    let unlooked = LOOK_BYTES;
    const dumping = dumpRows(database, async (part: Dumped) => {
      const line = lineOf(part);
      unlooked += line.length;
      if (unlooked >= LOOK_BYTES) {
        unlooked = 0;
        await refuseWithoutRoom(directory, leftBytes);
      }
      if (!gzip.write(line)) await Promise.race([once(gzip, 'drain'), written]);
    }).then(
      () => void gzip.end(),
      (error: Error) => void gzip.destroy(error),
    );
    await Promise.all([dumping, written]);
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('whoever makes the backup does not read it')));
    await pipeline(createReadStream('', { fd: file.fd, start: 0, autoClose: false }), socket);
  } finally {
    await file.close();
  }
}

async function refuseWithoutRoom(directory: string, leftBytes: number): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(directory);
  // Some file systems do not tell their size.
  if (blocks > 0 && bavail * bsize < leftBytes)
    throw new Error(`a backup would leave less than ${leftBytes / 2 ** 20} MB in ${directory}`);
}

/** A file for its owner alone that goes when it is closed, however that comes about. */
async function openUnnamed(path: string): Promise<FileHandle> {
  await rm(path, { force: true }); // of a process that died before the next line but one
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  return file;
}

const hasLeft = (error: unknown) =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '');

/** The dump of a running server, compressed. @throws NodeJS.ErrnoException where none gives it */
export function askForDump(directory: string): Promise<AsyncIterable<Uint8Array>> {
  return withShortPath(directory, NAME, async (folder) => {
    const socket = connect(join(folder, NAME));
    await once(socket, 'connect');
    return socket;
  });
}
