import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { environmentForOthers } from '../config';
import { projectRoot } from '../process/project';
import { END_WITH_PARENT } from '../process/testing-server';

/** `tools/test/testing-setup.ts` has built it. */
const PROGRAM = join(projectRoot, 'build/agent/sysmanage-agent.cjs');

interface AgentOptions {
  /** Named on its command line; none where its own agent.yaml names it. */
  server?: string;
  stateDir: string;
  cwd?: string;
  /** Nothing else of this process's environment reaches it but its PATH. */
  env?: Record<string, string>;
  /** How wrong its clock is. Everything that JavaScript asks is shifted; what OpenSSL asks is not. */
  clockOffsetMs?: number;
  /** While there is a file at this path, the disk that its state directory is on takes nothing more. */
  fullWhile?: string;
  /**
   * It is killed before or after the first (`nth`) time that it opens the file of this name to write, or moves one
   * there.
   */
  killAt?: { file: string; when: 'before' | 'after'; nth?: number };
  /**
   * It stops (SIGSTOP) before it opens the file of this name to write, each time that it finds another file with how
   * many times more it is to open it first.
   */
  stopAt?: { file: string; countdown: string };
  /** What its machine is called. */
  hostname?: string;
}

/** The agent as a process of its own, as it is started in earnest. Killed when the test ends. */
export function startAgentProcess(options: AgentOptions) {
  const agent = spawnAgent(options);
  onTestFinished(() => agent.kill());
  return agent;
}

/** The same; its caller ends it. */
export function spawnAgent({ server, stateDir, cwd, env, clockOffsetMs = 0, ...meddling }: AgentOptions) {
  const { killAt, stopAt, fullWhile, hostname } = meddling;
  const full = fullWhile === undefined ? undefined : { path: fullWhile, stateDir };
  const changes = [shiftClock(clockOffsetMs), tellWrites({ killAt, stopAt, full }), hostname ? beNamed(hostname) : ''];
  const preload = `data:text/javascript,${encodeURIComponent(changes.join(''))}`;
  const child = spawn(
    process.execPath,
    [
      ...END_WITH_PARENT,
      '--import',
      preload,
      PROGRAM,
      ...(server ? ['--server', server] : []),
      '--state-dir',
      stateDir,
      '--log-level',
      'debug',
    ],
    {
      cwd,
      env: { NODE_ENV: 'production', PATH: environmentForOthers().PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  const ended = once(child, 'close');
  return {
    pid: child.pid!,
    kill: (signal: NodeJS.Signals = 'SIGKILL') => void child.kill(signal),
    /** All it has printed. */
    output: () => output,
    /** Every path that it has opened for writing, or moved or copied something to, wherever that is. */
    written: () => [...output.matchAll(/^wrote: (.+)$/gm)].map(([, path]) => path!),
    said: (part: string) => expect.poll(() => output, { timeout: 30_000 }).toContain(part),
    /** Resolves when it is gone. */
    ended,
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

const beNamed = (hostname: string) => `
  {
    const { default: os } = await import('node:os');
    const { syncBuiltinESMExports } = await import('node:module');
    os.hostname = () => ${JSON.stringify(hostname)};
    syncBuiltinESMExports();
  }`;

interface Meddling extends Pick<AgentOptions, 'killAt' | 'stopAt'> {
  full: { path: string; stateDir: string } | undefined;
}

/** Says on standard error where each function of `fs` that can write is told to. Descriptors were paths before. */
const tellWrites = ({ killAt, stopAt, full }: Meddling) => `
  const killAt = ${JSON.stringify(killAt ?? null)};
  const stopAt = ${JSON.stringify(stopAt ?? null)};
  const full = ${JSON.stringify(full ?? null)};
  let times = 0;
  const { default: fs } = await import('node:fs');
  const { existsSync, readFileSync, writeFileSync, rmSync } = fs;
  const stop = (path) => {
    if (!stopAt || !path.endsWith('/' + stopAt.file) || !existsSync(stopAt.countdown)) return;
    const left = Number(readFileSync(stopAt.countdown, 'utf8'));
    if (left > 0) return writeFileSync(stopAt.countdown, String(left - 1));
    rmSync(stopAt.countdown);
    process.kill(process.pid, 'SIGSTOP');
  };
  const { syncBuiltinESMExports } = await import('node:module');
  const { resolve } = await import('node:path');
  const tell = (of, name, target) => {
    const real = of[name];
    of[name] = function (...given) {
      const path = target(given);
      if (path !== undefined && typeof path !== 'number') process.stderr.write('wrote: ' + resolve(String(path)) + '\\n');
      if (typeof path === 'string') stop(path);
      if (full && typeof path === 'string' && path.startsWith(full.stateDir) && fs.existsSync(full.path)) {
        const why = 'ENOSPC: no space left on device, ' + name + " '" + path + "'";
        throw Object.assign(new Error(why), { code: 'ENOSPC', syscall: name, path });
      }
      const isNamed = killAt && typeof path === 'string' && path.endsWith('/' + killAt.file);
      const isLast = isNamed && ++times === (killAt.nth ?? 1);
      if (isLast && killAt.when === 'before') process.kill(process.pid, 'SIGKILL');
      const result = real.apply(this, given);
      if (isLast) process.kill(process.pid, 'SIGKILL');
      return result;
    };
  };
  const first = ([path]) => path;
  const second = ([, path]) => path;
  const opened = ([path, flags = 'r']) => (flags === 'r' || flags === 0 ? undefined : path);
  for (const of of [fs, fs.promises]) {
    for (const end of ['', 'Sync']) {
      for (const name of ['writeFile', 'appendFile']) if (of[name + end]) tell(of, name + end, first);
      for (const name of ['rename', 'copyFile', 'cp', 'link', 'symlink']) if (of[name + end]) tell(of, name + end, second);
      if (of['open' + end]) tell(of, 'open' + end, opened);
    }
  }
  tell(fs, 'createWriteStream', first);
  syncBuiltinESMExports();`;
