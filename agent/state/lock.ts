import { createHash } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { EXIT, FatalError } from '../process/exit-codes';
import { MODE } from './write-file';
import { words } from '../../words/words';

/** O_EXLOCK of the BSDs and macOS: open and lock in one step. Node names no constant for it. */
const O_EXLOCK = 0x20;

/**
 * Takes the lock of this identity until the process ends, however it ends: the kernel gives it back, so nothing stale
 * remains after kill -9 or a power cut and no process id is ever guessed from a file.
 * Throws FatalError ALREADY_RUNNING. Returns the function that gives the lock back earlier.
 *
 * @param secret names the lock where names are shared by all users; known to us alone, so that nobody else can take it
 */
export async function lockIdentity(folder: string, secret: string): Promise<() => void> {
  const taken = new FatalError(EXIT.ALREADY_RUNNING, words('agent.state.running', { folder }));
  const digest = createHash('sha512').update('sysmanage agent lock v1').update(secret).digest('hex');
  switch (process.platform) {
    case 'win32':
      return holdName(`\\\\.\\pipe\\sysmanage-agent-${digest}`, taken);
    case 'linux':
      // An abstract socket. Exactly 108 bytes, the whole of sun_path: older Node pads shorter names with zeros and
      // newer does not, and two agents on different Nodes would lock different names. Each network namespace has names
      // of its own; two containers that share a state directory are kept apart by the server, which holds the newer
      // back.
      return holdName(`\0sysmanage-agent-${digest.slice(0, 91)}`, taken);
    default:
      return holdFile(folder, taken);
  }
}

/** Holds the same lock under the identity's next key as well. Where a file is locked, that file is enough. */
export async function extendLock(folder: string, secret: string): Promise<void> {
  if (process.platform === 'win32' || process.platform === 'linux') await lockIdentity(folder, secret);
}

function holdName(name: string, taken: FatalError): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? taken : error));
    server.listen(name, () => resolve(() => server.close()));
  });
}

/** A lock needs no right to write. Where its file is not there and cannot be made, the folder itself is locked. */
function holdFile(folder: string, taken: FatalError): () => void {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | O_EXLOCK;
  const open = () => {
    try {
      return openSync(join(folder, 'agent.lock'), flags | constants.O_CREAT, MODE.key);
    } catch (error) {
      if (!['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code!)) throw error;
      return openSync(folder, flags);
    }
  };
  try {
    const file = open();
    return () => closeSync(file);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EAGAIN' ? taken : error;
  }
}
