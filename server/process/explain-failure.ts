import { DatabaseOpenError, DatabaseUnavailableError } from '../../db/errors';
import { CertificateFileError } from '../certificates/certificate-file';
import { ConfigError } from '../config';

/** Exit codes of sysexits.h. */
const EX_UNAVAILABLE = 69;
const EX_SOFTWARE = 70;
const EX_CANTCREAT = 73;
const EX_CONFIG = 78;

/**
 * What to say when the server cannot start, a line a matter, and the exit code. Only what nobody foresaw shows a stack.
 */
export function explainFailure(error: unknown): { lines: string[]; exitCode: number } {
  if (error instanceof ConfigError) return { lines: error.mistakes, exitCode: EX_CONFIG };
  // A query's failure is drizzle's, and its message the statement.
  for (const reason of [error, (error as Error | undefined)?.cause]) {
    if (reason instanceof DatabaseOpenError || reason instanceof DatabaseUnavailableError) {
      return { lines: [reason.message], exitCode: EX_UNAVAILABLE };
    }
  }
  if (error instanceof CertificateFileError) return { lines: [error.message], exitCode: EX_CONFIG };
  return (
    explainSystemError((error ?? {}) as NodeJS.ErrnoException) ?? {
      lines: [String((error as Error)?.stack ?? error)],
      exitCode: EX_SOFTWARE,
    }
  );
}

function explainSystemError(error: NodeJS.ErrnoException & { port?: number; address?: string; hostname?: string }) {
  const { code, path, port, address, hostname } = error;
  if (code === 'EADDRINUSE') {
    return {
      lines: [`port ${port} is in use by another program; stop it, or choose another port (api_port, frontend_port)`],
      exitCode: EX_UNAVAILABLE,
    };
  }
  if (code === 'EADDRNOTAVAIL') {
    return {
      lines: [`${address} is not an address of this machine; correct api_host or frontend_host`],
      exitCode: EX_CONFIG,
    };
  }
  if (error.syscall === 'getaddrinfo') {
    return {
      lines: [`${hostname} is not a name this machine can look up (${code}); correct api_host or frontend_host`],
      exitCode: EX_CONFIG,
    };
  }
  if (code === 'EACCES' && port) {
    return {
      lines: [`port ${port} needs more rights than this user has; choose one above 1023`],
      exitCode: EX_UNAVAILABLE,
    };
  }
  if (path && code && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EEXIST'].includes(code)) {
    return {
      lines: [
        `${path} cannot be written (${code}); correct data_dir or certificates.path, or the rights of that folder`,
      ],
      exitCode: EX_CANTCREAT,
    };
  }
  if (path && code === 'ENOENT')
    return { lines: [`${path} does not exist; correct the setting that names it`], exitCode: EX_CONFIG };
  return null;
}
