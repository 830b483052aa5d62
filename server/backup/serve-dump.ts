import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import type { OpenDatabase } from '../../db/client';
import { type Dumped, dumpRows } from '../../db/dump/dump-rows';
import { withShortPath } from '../../db/lock-directory';
import { type Log, logFailure } from '../log';
import { lineOf } from './archive';

const NAME = 'backup.sock';

/**
 * Gives the embedded database, which no other process can open while this one runs, to a backup that is made meanwhile:
 * to whoever may open a socket in the data directory, which is the server's user. It is compressed into memory first,
 * so that a slow reader keeps nobody else from the one connection.
 */
export async function serveDump(database: OpenDatabase, { directory, log }: { directory: string; log: Log }) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // whoever asked has left
    compress(database).then(
      (dump) => socket.end(dump),
      (error: unknown) => {
        logFailure(log, 'the database could not be given to a backup', error);
        socket.destroy();
      },
    );
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
      await new Promise((resolve) => server.close(resolve));
      await rm(join(directory, NAME), { force: true });
    },
  };
}

async function compress(database: OpenDatabase): Promise<Buffer> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  await dumpRows(database, async (part: Dumped) => {
    if (!gzip.write(lineOf(part))) await once(gzip, 'drain');
  });
  gzip.end();
  await once(gzip, 'end');
  return Buffer.concat(chunks);
}

/** The dump of a running server, compressed. @throws NodeJS.ErrnoException where none gives it */
export function askForDump(directory: string): Promise<AsyncIterable<Uint8Array>> {
  return withShortPath(directory, NAME, async (folder) => {
    const socket = connect(join(folder, NAME));
    await once(socket, 'connect');
    return socket;
  });
}
