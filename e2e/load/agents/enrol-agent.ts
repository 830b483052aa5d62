import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProgram } from '../../start-process';
import { ADMIN, type Server } from '../../start-server';

/** PEM: what an enrolled agent connects with. */
export interface Credentials {
  ca: string;
  cert: string;
  key: string;
}

/** Enrols this machine as people do it: the built agent asks, the administrator approves. */
export async function enrolAgent(server: Server, stateDir: string): Promise<Credentials> {
  const options = ['--server', server.agentsUrl, '--state-dir', stateDir, '--once'];
  const agent = startProgram('agent/sysmanage-agent.cjs', options);
  try {
    await agent.printed(/waiting for an administrator/);
    await approveWhoeverWaits(server);
    await agent.printed(/the certificate is stored/);
  } finally {
    await agent.stop();
  }
  const read = (name: string) => readFile(join(stateDir, name), 'utf8');
  return { ca: await read('ca.crt'), cert: await read('client.crt'), key: await read('client.key') };
}

async function approveWhoeverWaits({ url }: Server): Promise<void> {
  let cookie = '';
  async function call<Result>(procedure: string, method: 'GET' | 'POST', input?: object): Promise<Result> {
    const headers = { origin: url, cookie, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/trpc/${procedure}`, { method, headers, body: input && JSON.stringify(input) });
    if (!answer.ok) throw new Error(`${procedure} was refused: ${await answer.text()}`);
    cookie ||= (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
    return ((await answer.json()) as { result: { data: Result } }).result.data;
  }
  await call('users.signIn', 'POST', ADMIN);
  const { hosts } = await call<{ hosts: { id: string }[] }>('hosts.waiting', 'GET');
  for (const { id } of hosts) await call('hosts.approve', 'POST', { hostId: id });
}
