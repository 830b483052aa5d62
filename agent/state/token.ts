import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EnrolmentToken, EnrolmentTokenError, readEnrolmentToken } from '../enrolment-token';
import { EXIT, FatalError } from '../process/exit-codes';
import { checkPrivateFile, FILES } from './open-folder';
import { MODE, replaceFile } from './write-file';
import { saidBy } from '../../words/said-error';
import { words } from '../../words/words';

/** Keeps a token, 0600, so that a restart before this machine is registered goes on with it. */
export function keepToken(folder: string, text: string): void {
  replaceFile(join(folder, FILES.token), `${text}\n`, MODE.key);
}

/** The kept token, or null. Throws FatalError: TOKEN_MALFORMED when it is none, CONFIG when others can read it. */
export function readToken(folder: string): EnrolmentToken | null {
  const path = join(folder, FILES.token);
  try {
    const text = readFileSync(path, 'utf8');
    checkPrivateFile(path);
    return readEnrolmentToken(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof EnrolmentTokenError)
      throw new FatalError(EXIT.TOKEN_MALFORMED, words('agent.state.at', { path, mistake: error.said }));
    if (error instanceof FatalError) throw error;
    throw new FatalError(EXIT.STATE, words('agent.state.unreadable', { path, reason: saidBy(error) }));
  }
}

/** A secret that has done its work is not kept. */
export function removeToken(folder: string): void {
  const path = join(folder, FILES.token);
  // A read-only file system refuses to remove even what is not there.
  if (existsSync(path)) rmSync(path);
}
