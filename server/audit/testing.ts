import { execFile } from 'node:child_process';
import { projectRoot } from '../project';

/** `npm run audit:verify` with nothing but these settings: its exit code and all it said. */
export function runVerify(environment: Record<string, string>, ...args: string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'server/audit/verify.ts', ...args],
      { cwd: projectRoot, env: { NODE_ENV: 'test', ...environment } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}
