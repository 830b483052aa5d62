import { DatabaseOpenError, DatabaseUnavailableError } from '../../db/errors';
import { CertificateFileError } from '../certificates/certificate-file';
import { ConfigError } from '../config';
import { inEnglish } from '../../words/say';
import { words, type Words } from '../../words/words';

/** Exit codes of sysexits.h. */
const EX_UNAVAILABLE = 69;
const EX_SOFTWARE = 70;
const EX_CANTCREAT = 73;
const EX_CONFIG = 78;

/**
 * What to say when the server cannot start, a line a matter, and the exit code. Only what nobody foresaw shows a stack.
 * @param say the language: English for a log
 */
export function explainFailure(error: unknown, say = inEnglish): { lines: string[]; exitCode: number } {
  if (error instanceof ConfigError) return { lines: error.said.map(say), exitCode: EX_CONFIG };
  // A query's failure is drizzle's, and its message the statement.
  for (const reason of [error, (error as Error | undefined)?.cause]) {
    if (reason instanceof DatabaseOpenError || reason instanceof DatabaseUnavailableError) {
      return { lines: [say(reason.said)], exitCode: EX_UNAVAILABLE };
    }
  }
  if (error instanceof CertificateFileError) return { lines: [say(error.said)], exitCode: EX_CONFIG };
  const known = explainSystemError((error ?? {}) as NodeJS.ErrnoException);
  if (known) return { lines: [say(known.said)], exitCode: known.exitCode };
  return { lines: [String((error as Error)?.stack ?? error)], exitCode: EX_SOFTWARE };
}

function explainSystemError(
  error: NodeJS.ErrnoException & { port?: number; address?: string; hostname?: string },
): { said: Words; exitCode: number } | null {
  const { code, path, address = '', hostname = '' } = error;
  const port = String(error.port);
  if (code === 'EADDRINUSE') return { said: words('server.failure.port_taken', { port }), exitCode: EX_UNAVAILABLE };
  if (code === 'EADDRNOTAVAIL') return { said: words('server.failure.no_address', { address }), exitCode: EX_CONFIG };
  if (error.syscall === 'getaddrinfo')
    return { said: words('server.failure.no_name', { name: hostname, code: code ?? '' }), exitCode: EX_CONFIG };
  if (code === 'EACCES' && error.port)
    return { said: words('server.failure.port_rights', { port }), exitCode: EX_UNAVAILABLE };
  if (path && code && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EEXIST'].includes(code))
    return { said: words('server.failure.unwritable', { path, code }), exitCode: EX_CANTCREAT };
  if (path && code === 'ENOENT') return { said: words('server.failure.no_file', { path }), exitCode: EX_CONFIG };
  return null;
}
