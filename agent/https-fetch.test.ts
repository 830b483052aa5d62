import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createHttpsClient } from './https-fetch';

/**
 * The port of a program that stands still, whose queue of connections is full: to further ones nobody answers at all.
 */
async function listenToNobody(): Promise<number> {
  const program = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port);
  })`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(said);
  child.kill('SIGSTOP');
  // The kernel takes connections until the queue is full. What it has taken is known by the end of a turn.
  for (let isTaken = true; isTaken;) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    await setTimeout(300);
    await setImmediate();
    isTaken = !socket.connecting;
  }
  return port;
}

it('waits for an address that takes no connection for less long than for an answer', async () => {
  const port = await listenToNobody();
  const https = createHttpsClient({ authorities: [], connectPatienceMs: 100 });
  onTestFinished(() => https.close());
  await expect(https.fetch(`https://127.0.0.1:${port}/`, { method: 'GET' })).rejects.toMatchObject({
    code: 'ETIMEDOUT',
  });
});

it('does not count the time in which the name of the server is looked up', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const https = createHttpsClient({ authorities: [], connectPatienceMs: 100 });
  onTestFinished(() => https.close());
  https.agent.options.lookup = (_name, _options, found) =>
    void setTimeout(500).then(() => found(null, [{ address: '127.0.0.1', family: 4 }]));
  const { port } = server.address() as AddressInfo;
  // It was taken, and closed: that is no time that has run out.
  await expect(https.fetch(`https://server.test:${port}/`, { method: 'GET' })).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
});
