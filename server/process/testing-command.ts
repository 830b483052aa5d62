import { execFile } from 'node:child_process';
import { projectRoot } from './project';

/** A command beside the server with nothing but these settings, in a process of its own: its exit code and all it said. */
export function runScript(path: string, environment: Record<string, string>, ...args: string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', path, ...args],
      { cwd: projectRoot, env: { NODE_ENV: 'test', ...environment } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}
