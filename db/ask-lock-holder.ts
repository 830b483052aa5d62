import { connect } from 'node:net';

/** `unclear`: it answered in part or was just closing. `pid` is only for the message to a person. */
export interface Answer {
  state: 'held' | 'trying' | 'gone' | 'unclear';
  pid?: number;
}

/** A process stopped in a debugger accepts but never answers. It still has the database open. */
const ANSWER_MS = 1000;

/** Asks the owner of a lock's socket how it stands. Only a socket that surely has no owner is `gone`. */
export function askHolder(path: string): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8').setTimeout(ANSWER_MS);
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('timeout', () => {
      resolve({ state: 'held' });
      socket.destroy();
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve({ state: 'gone' });
      else if (code === 'ECONNRESET' || code === 'EPIPE') resolve({ state: 'unclear' });
      else resolve({ state: 'held' }); // EACCES: another user's process. Anything unknown must not let us in either.
    });
    socket.on('end', () => {
      const [, state, pid] = /^(held|trying) (\d+)\n$/.exec(text) ?? [];
      resolve(state ? { state: state as 'held' | 'trying', pid: Number(pid) } : { state: 'unclear' });
    });
  });
}
