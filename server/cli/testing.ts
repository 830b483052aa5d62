import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../process/project';

/** What is run in earnest; `tools/test/testing-setup.ts` has built it. */
export const SYSMANAGE = join(projectRoot, 'build/server/sysmanage.js');

/** `sysmanage <command>` with nothing but these settings, in a process of its own: its exit code and all it said. */
export function runSysmanage(
  command: string,
  environment: Record<string, string>,
  ...args: string[]
): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [SYSMANAGE, ...command.split(' '), ...args],
      { cwd: projectRoot, env: { NODE_ENV: 'test', ...environment } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}
