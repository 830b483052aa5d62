import { readFile, stat } from 'node:fs/promises';
import { CommandError } from '../process/command-error';
import { words } from '../../words/words';

const SHORTEST = 12;

/** The first line of a file that is its owner's alone. @throws CommandError */
export async function readPassphrase(path: string | undefined): Promise<string> {
  if (!path) throw new CommandError(words('server.passphrase.needed'));
  const stats = await stat(path).catch((error: unknown) => refuse(path, error));
  if (process.platform !== 'win32' && stats.mode & 0o077)
    throw new CommandError(words('server.passphrase.open', { path, command: `chmod 600 ${path}` }));
  const [line = ''] = (await readFile(path, 'utf8').catch((error: unknown) => refuse(path, error))).split(/\r?\n/);
  if (line.length < SHORTEST) throw new CommandError(words('server.passphrase.short', { path, least: SHORTEST }));
  return line;
}

function refuse(path: string, error: unknown): never {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') throw new CommandError(words('server.passphrase.no_file', { path }));
  throw new CommandError(words('server.passphrase.unreadable', { path, code }));
}
