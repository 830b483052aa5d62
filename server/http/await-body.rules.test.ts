import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { users } from '../../db/schema';
import { awaitBody } from './await-body';
import { createOriginGuard } from './same-origin';
import { administratorOf, testServices } from '../testing';

/** A form that says who asks, then, as Remix does, reads the body. */
async function startForm(find: (cookie: string | undefined) => Promise<{ user: { email: string } } | null>) {
  const app = express();
  app.use(createOriginGuard([], pino({ enabled: false })).guardRequests, awaitBody);
  app.all('*', (request, response, next) => {
    find(request.headers.cookie)
      .then(async (session) => response.send(`${session?.user.email ?? 'nobody'} says ${await text(request)}`))
      .catch(next);
  });
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, port };
}

async function send(
  port: number,
  { method = 'POST', cookie = '', length }: { method?: string; cookie?: string; length: number },
) {
  const socket = net.connect(port, '127.0.0.1');
  const host = `127.0.0.1:${port}`;
  socket.write(
    `${method} /form HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nCookie: ${cookie}\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`,
  );
  return { socket, answer: () => text(socket) };
}

test('a form whose body is held back speaks for nobody who was shut out before its end', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const [rogue] = await services.db
    .insert(users)
    .values({ email: 'rogue@example.com', passwordHash: '-', role: 'administrator' })
    .returning();
  const { server, port } = await startForm((cookie) => services.sessions.find(cookie));
  const cookie = (await services.sessions.start(rogue!.id)).split(';')[0]!;
  const heard = once(server, 'request');
  const { socket, answer } = await send(port, { cookie, length: 10 });
  socket.write('stay');
  await heard;

  await admin.users.deactivate({ userId: rogue!.id });
  socket.write('longer');

  expect(await answer()).toMatch(/nobody says (a\r\n)?staylonger/);
});

test.each([0, 1, 30_000, 64 * 1024])('a body of %i bytes is read whole', async (length) => {
  const { port } = await startForm(async () => null);
  const { socket, answer } = await send(port, { length });
  socket.write('x'.repeat(length));

  expect((await answer()).split(' says ')[1]).toBe('x'.repeat(length));
});

test('who goes away before the end is not heard, and the next one is', async () => {
  let asked = 0;
  const { server, port } = await startForm(async () => {
    asked++;
    return null;
  });
  const heard = once(server, 'request') as Promise<[net.Socket]>;
  const { socket } = await send(port, { length: 10 });
  socket.write('half');
  const [request] = await heard;
  const closed = once(request, 'close');
  socket.resetAndDestroy();
  await closed.catch(() => undefined);

  const { socket: next, answer } = await send(port, { length: 4 });
  next.write('next');

  expect(await answer()).toContain('nobody says next');
  expect(asked).toBe(1);
});
