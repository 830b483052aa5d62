import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { environmentForOthers } from '../config';
import { projectRoot } from './project';
import type { RunningServer } from './server';
import type { Services } from '../services';

const RESTART_DELAY_MS = 5000;
const STOP_PATIENCE_MS = 2000;

/**
 * Runs this machine's own agent as a process of its own, told the CA's pin, so that it trusts this server and no other
 * on the port. A crashed agent is started again; one that was told to stop is left alone.
 */
export function startLocalAgent({
  services: { config, log, authority },
  agentUrl,
}: Pick<RunningServer, 'agentUrl'> & { services: Pick<Services, 'config' | 'log' | 'authority'> }): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      // Not even the program of this process may be there any more: an upgrade of Node replaces it under our feet.
      const code = await runOnce().catch((error: unknown) => {
        log.error({ err: error }, 'the local agent could not be run');
        return null;
      });
      if (code === 0 || stopping.signal.aborted) break;
      log.warn({ code }, 'the local agent ended; starting it again');
      await setTimeout(RESTART_DELAY_MS, undefined, { signal: stopping.signal }).catch(() => undefined); // aborted: the loop ends
    }
  })();

  async function runOnce(): Promise<number | null> {
    const options = ['--server', agentUrl, '--state-dir', join(config.data_dir, 'agent'), '--ca-pin', authority.pin];
    // The IPC channel carries nothing: its end tells the agent that this process died, however it died.
    const child = spawn(process.execPath, [...agentProgram(), ...options], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      cwd: projectRoot,
      env: environmentForOthers(),
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => log.info({ process: 'local agent' }, line));
    }
    const stop = () => {
      child.kill('SIGTERM');
      globalThis.setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS).unref();
    };
    stopping.signal.addEventListener('abort', stop, { once: true });
    const [code] = (await once(child, 'exit').finally(() => stopping.signal.removeEventListener('abort', stop))) as [
      number | null,
    ];
    return code;
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function agentProgram(): string[] {
  const built = join(projectRoot, 'build/agent/sysmanage-agent.cjs');
  return existsSync(built) ? [built] : ['--import', 'tsx', join(projectRoot, 'agent/main.ts')];
}
