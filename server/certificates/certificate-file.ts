import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SaidError } from '../../words/said-error';
import { words } from '../../words/words';

export const KEY_MODE = 0o600;
export const CERTIFICATE_MODE = 0o644;

/** A key or certificate that the server cannot use or keep. The message is a line: file, mistake, mend. */
export class CertificateFileError extends SaidError {
  override name = 'CertificateFileError';
}

/** The text of the file, undefined when there is none. @throws CertificateFileError when it is there but unreadable */
export async function readCertificateFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new CertificateFileError(words('server.file.unreadable', { path, code: errorCode(error) }), { cause: error });
  }
}

/** Replaces the file in one step: a reader sees the old text or the new, whole. @throws CertificateFileError */
export async function writeCertificateFile(path: string, text: string, mode: number): Promise<void> {
  await stageFile(path, text, mode);
  await commitFile(path);
}

/**
 * Puts the text beside `path`, on disk and complete, without touching `path`. The mode is given at creation and never
 * changed: a key that is narrowed later was readable for a moment. The folder is made (0755) when it is missing.
 */
export async function stageFile(path: string, text: string, mode: number): Promise<void> {
  await namingThe(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    // A crash may have left one here; `wx` alone would refuse every later start.
    await rm(stagedPath(path), { force: true });
    const file = await open(stagedPath(path), 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Moves what `stageFile` wrote into place. */
export async function commitFile(path: string): Promise<void> {
  await namingThe(path, async () => {
    await rename(stagedPath(path), path);
    await syncFolder(dirname(path));
  });
}

export function stagedPath(path: string): string {
  return `${path}.new`;
}

/** A rename is on disk only when its folder is. Windows cannot open a folder, and NTFS journals renames by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function namingThe(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const said = words('server.file.unwritable', { path, code: errorCode(error), folder: dirname(path) });
    throw new CertificateFileError(said, { cause: error });
  }
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
