import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** A list of all packages may take a slow machine seconds. */
const PATIENCE_MS = 60_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** What a command prints; never through a shell. Rejects when it is not there, fails or takes more than a minute. */
export async function runCommand(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(file, args, { timeout: PATIENCE_MS, maxBuffer: MAX_OUTPUT_BYTES });
  return stdout;
}

/** Whether nothing is there, as opposed to being there and not to be read. */
export const isAbsent = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';
