import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { sql } from 'drizzle-orm';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { AGENT_SOCKET_PATH } from '../../agent/protocol';
import { administratorOf, testServices } from '../testing';
import { askForToken, connectAgent, enrolledHost, openTls, serveApiOn, upgradeLines } from './testing';

let services: Awaited<ReturnType<typeof testServices>>;
let host: Awaited<ReturnType<typeof enrolledHost>>;
let server: Server;
let port: number;
/** Connections whose certificate was accepted and whose rows are now read. */
let checks: number;

beforeEach(async () => {
  const made = await testServices();
  checks = 0;
  const reserve: typeof made.sockets.reserve = (...whose) => {
    checks++;
    return made.sockets.reserve(...whose);
  };
  services = { ...made, sockets: { ...made.sockets, reserve } };
  host = await enrolledHost(services, await administratorOf(services));
  server = await serveApiOn(services);
  ({ port } = server.address() as AddressInfo);
});

/** Keeps everyone from reading certificates until the returned function is called. */
async function holdCertificates(): Promise<() => Promise<void>> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let held = () => {};
  const isHeld = new Promise<void>((resolve) => (held = resolve));
  const holding = services.db.transaction(async (tx) => {
    await tx.execute(sql`lock table certificate in access exclusive mode`);
    held();
    await released;
  });
  await isHeld;
  const stop = async () => {
    release();
    await holding;
  };
  onTestFinished(stop);
  return stop;
}

async function prepare() {
  const { socket } = await openTls(services, port, host.shown);
  return { socket, token: await askForToken(socket) };
}

/** Asks for the upgrade and returns while the server still reads the rows. */
async function askSlowly(
  opened: Awaited<ReturnType<typeof prepare>>,
  headers?: string[],
  path?: string,
): Promise<TLSSocket> {
  const asked = checks + 1;
  opened.socket.write([...upgradeLines(opened.token, headers, path), '', ''].join('\r\n'));
  await expect.poll(() => checks).toBe(asked);
  return opened.socket;
}

async function expectDownAfterClosing() {
  const socket = await connectAgent(services, port, host.shown);
  expect(services.presence.get(host.hostId)).toMatchObject({ state: 'up' });
  socket.close(1000);
  await expect.poll(() => services.presence.get(host.hostId)).toMatchObject({ state: 'down', reason: 'closed' });
}

// It kept its slot for ever: whatever became of the host's later connections, the page said it was up.
test('a connection that is cut while it is checked leaves nothing behind', async () => {
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const opened = await prepare();
  const release = await holdCertificates();
  const socket = await askSlowly(opened);
  const [serverSide] = await accepted;
  const closed = new Promise((resolve) => serverSide.once('close', resolve));
  socket.destroy();
  await closed;
  await release();
  await expectDownAfterClosing();
});

test('a connection that is still being checked does not hide that the open one went', async () => {
  const socket = await connectAgent(services, port, host.shown);
  const opened = await prepare();
  const release = await holdCertificates();
  const checked = await askSlowly(opened);
  socket.terminate();
  await expect.poll(() => services.presence.get(host.hostId)).toMatchObject({ state: 'down', reason: 'lost' });

  const upgraded = once(checked, 'data');
  await release();
  await upgraded;
  expect(services.presence.get(host.hostId)).toMatchObject({ state: 'up' });
});

test('an agent that comes while the server stops is sent away, and is not said to be down', async () => {
  const opened = await prepare();
  const release = await holdCertificates();
  const socket = await askSlowly(opened);
  const closed = services.sockets.closeAll('5000');
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  const ended = once(socket, 'end');
  await release();
  await closed;
  await ended;

  // Upgraded, then a close frame with 1012; or refused outright. Anything but an open socket that nobody closes.
  const goingAway = Buffer.from([0x88, 6, 1012 >> 8, 1012 & 0xff, ...Buffer.from('5000')]);
  const answer = Buffer.concat(received);
  expect(answer.includes(goingAway) || answer.toString().startsWith('HTTP/1.1 503 ')).toBe(true);
  expect(services.presence.get(host.hostId)?.state).not.toBe('down');
});

test.each([
  ['no key', ['Host: localhost', 'Sec-WebSocket-Key: x'], AGENT_SOCKET_PATH],
  ['parameters to wait for', ['Host: localhost'], `${AGENT_SOCKET_PATH}?connectionParams=1`],
])('an upgrade with %s leaves nothing behind', async (_what, headers, path) => {
  const socket = await askSlowly(await prepare(), headers, path);
  await once(socket, 'data');
  socket.destroy();
  await expect.poll(() => services.presence.get(host.hostId)?.state ?? 'never').not.toBe('up');
  await expectDownAfterClosing();
  expect(services.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
});
