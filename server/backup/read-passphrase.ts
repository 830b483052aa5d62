import { readFile, stat } from 'node:fs/promises';
import { CommandError } from '../cli/command';

const SHORTEST = 12;

/** The first line of a file that is its owner's alone. @throws CommandError */
export async function readPassphrase(path: string | undefined): Promise<string> {
  if (!path) throw new CommandError('--passphrase-file FILE is needed: its first line encrypts the backup');
  const stats = await stat(path).catch(() => null);
  if (!stats) throw new CommandError(`${path} does not exist`);
  if (process.platform !== 'win32' && stats.mode & 0o077)
    throw new CommandError(`${path} can be read by others: run chmod 600 ${path}`);
  const [line = ''] = (await readFile(path, 'utf8')).split(/\r?\n/);
  if (line.length < SHORTEST)
    throw new CommandError(`${path}: the first line must have ${SHORTEST} characters or more`);
  return line;
}
