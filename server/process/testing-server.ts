import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { environmentForOthers } from '../config';
import { SYSMANAGE } from '../cli/testing';
import type { AppRouter } from '../router';
import { projectRoot } from './project';

/** For Node, before the program; its standard input is to be a pipe, which nobody writes into. */
export const END_WITH_PARENT = ['--import', join(projectRoot, 'tools/test/end-with-parent.mjs')];

const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };

/**
 * The built server as a process of its own, on free ports of loopback. Its caller ends it. Resolves when it is ready.
 */
export async function spawnServer(dataDir: string, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...END_WITH_PARENT, SYSMANAGE, 'serve', '--no-local-agent'], {
    cwd: projectRoot,
    env: {
      ...{ NODE_ENV: 'production', PATH: environmentForOthers().PATH, SYSMANAGE_DATA_DIR: dataDir },
      ...{ SYSMANAGE_API_HOST: '127.0.0.1', SYSMANAGE_API_PORT: '0', SYSMANAGE_FRONTEND_PORT: '0' },
      ...{ SYSMANAGE_ADMIN_EMAIL: ADMIN.email, SYSMANAGE_ADMIN_PASSWORD: ADMIN.password },
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  const [, url, agentsUrl] = await new Promise<string[]>((resolve, reject) => {
    child.stdout.on('data', () => {
      const ready = /^SysManage is ready: (\S+) \(agents: (\S+)\)$/m.exec(output);
      if (ready) resolve(ready);
    });
    child.once('close', () => reject(new Error(`the server ended before it was ready:\n${output}`)));
  });
  return {
    url: url!,
    agentsPort: Number(new URL(agentsUrl!).port),
    output: () => output,
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    async end(signal: NodeJS.Signals) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Its administrator, as a browser without pages. The session outlives the server: it is in its database. */
export async function signInTo(url: () => string): Promise<TRPCClient<AppRouter>> {
  let cookie = '';
  const client = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: 'http://server/trpc',
        headers: () => ({ origin: url(), cookie }),
        // The server may be another one by now, on another port.
        async fetch(input, init) {
          const asked = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
          const response = await fetch(asked.replace('http://server', url()), init);
          const set = response.headers.getSetCookie().map((one) => one.split(';')[0]);
          if (set.length > 0) cookie = set.join('; ');
          return response;
        },
      }),
    ],
  });
  await client.users.signIn.mutate(ADMIN);
  return client;
}
