import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { environmentForOthers } from '../config';

const PROGRAM = fileURLToPath(new URL('../../agent/main.ts', import.meta.url));
/** From anywhere, also where there are no packages. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

interface AgentOptions {
  server: string;
  stateDir: string;
  cwd?: string;
  /** Nothing else of this process's environment reaches it but its PATH. */
  env?: Record<string, string>;
  /** How wrong its clock is. Everything that JavaScript asks is shifted; what OpenSSL asks is not. */
  clockOffsetMs?: number;
}

/** The agent as a process of its own, as it is started in earnest. Killed when the test ends. */
export function startAgentProcess({ server, stateDir, cwd, env, clockOffsetMs = 0 }: AgentOptions) {
  const shift = `data:text/javascript,${encodeURIComponent(shiftClock(clockOffsetMs))}`;
  const child = spawn(
    process.execPath,
    ['--import', LOADER, '--import', shift, PROGRAM, '--server', server, '--state-dir', stateDir, '--log-level', 'debug'],
    { cwd, env: { NODE_ENV: 'production', PATH: environmentForOthers().PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  const ended = once(child, 'close');
  return {
    /** All it has printed. */
    output: () => output,
    said: (part: string) => expect.poll(() => output, { timeout: 30_000 }).toContain(part),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const shiftClock = (offsetMs: number) => `
  const Real = Date;
  globalThis.Date = class Date extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + ${offsetMs});
      else super(...given);
    }
    static now() {
      return Real.now() + ${offsetMs};
    }
  };`;
