import { connect, createServer, type Socket } from 'node:net';
import { initTRPC, TRPCError } from '@trpc/server';
import { expect, it, onTestFinished } from 'vitest';
import { askForConnection, type Grant } from './ask-for-connection';
import { openConnection } from './connection';
import { createHttpsClient } from '../https-fetch';
import { createCsr, openIdentity } from '../identity';
import { createInboxMemory, type InboxActs, readInbox, reportError } from './inbox';
import { hello } from '../protocol';
import type { Ending } from './socket';
import { openStateFolder } from '../state/open-folder';
import {
  issueFor,
  listen,
  makeAuthority,
  makeServerIdentity,
  makeStateFolder,
  recordLog,
  signalOfTest,
  startTestServer,
  type TestAuthority,
  type TestServerOptions,
} from '../testing';

const pingMs = 20_000;

const t = initTRPC.create();
const router = t.router({
  agents: t.router({
    hello: t.procedure.input(hello).mutation(() => ({ heartbeatSeconds: 30 })),
    reportError: t.procedure.mutation(() => {}),
    heartbeat: t.procedure.mutation(() => new Promise<void>(() => {})), // never answered
  }),
});

async function setUp(options: Partial<TestServerOptions> = {}) {
  const authority = await makeAuthority();
  const server = await startTestServer({ tls: await makeServerIdentity(authority), router, ...options });
  return { authority, server, ...(await makeAgent(server.url, authority)) };
}

/** Somebody with a certificate of that authority. `ask` is as `askForConnection`, `open` also opens what it got. */
async function makeAgent(server: URL, authority: TestAuthority) {
  const folder = makeStateFolder();
  openStateFolder(folder);
  const identity = openIdentity(folder);
  const certificate = await issueFor(authority, await createCsr(identity, 'agent.test'), 'id');
  const https = createHttpsClient({ authorities: [authority.pem], certificate, privateKeyPem: identity.privateKeyPem });
  onTestFinished(() => https.close());
  const ask = (from = server) => askForConnection({ server: from, https, certificate, signal: signalOfTest() });
  const open = async ({ from = server, pingMs = 20_000 } = {}) => {
    const grant = await ask(from);
    if (!('token' in grant)) throw grant.error ?? new Error(`HTTP status ${grant.status}`);
    return openConnection({ server: from, https, grant, pingMs });
  };
  return { https, ask, open };
}

it('carries calls and closes in good order', async () => {
  const { server, open } = await setUp();
  const connection = await open();
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  const [socket] = server.sockets;
  const seen = new Promise<number>((resolve) => socket!.once('close', resolve));
  connection.close();
  expect(await connection.ended).toMatchObject({ code: 1000 });
  expect(await seen).toBe(1000);
  expect(connection.over.aborted).toBe(true);
});

it('fails what is under way when the connection breaks, and does not come back by itself', async () => {
  const { server, open } = await setUp();
  const connection = await open();
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  const unanswered = connection.client.agents.heartbeat.mutate({} as never);
  for (const socket of server.sockets) socket.terminate();
  await expect(unanswered).rejects.toThrow();
  expect(await connection.ended).toMatchObject({ code: 1006 });
  expect(server.resumed).toHaveLength(1);
});

it('makes no connection for a call that comes after the end', async () => {
  const { server, open } = await setUp();
  let connections = 0;
  server.onConnection(() => connections++);
  const connection = await open();
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  for (const socket of server.sockets) socket.terminate();
  await connection.ended;
  const late = connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  await expect(late).rejects.toThrow('the connection is over');
  expect(connections).toBe(1);
});

it('tells a refusal of its certificate from every other answer', async () => {
  let status = 403;
  const { ask } = await setUp({ refuse: () => status });
  expect(await ask()).toMatchObject({ status: 403, isRefused: true });
  status = 503;
  expect(await ask()).toMatchObject({ status: 503, isRefused: false });
});

it('uses a token once: the second time it is an answer like any other, and no refusal', async () => {
  const { server, https, ask } = await setUp();
  const grant = (await ask()) as Grant;
  const first = openConnection({ server: server.url, https, grant, pingMs });
  await first.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  const { status, isRefused } = await openConnection({ server: server.url, https, grant, pingMs }).ended;
  expect({ status, isRefused }).toEqual({ status: 403, isRefused: undefined });
});

it('takes over the TLS connection that the token came by', async () => {
  const { server, open } = await setUp();
  let connections = 0;
  server.onConnection(() => connections++);
  const connection = await open();
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  expect(connections).toBe(1);
});

it('resumes its TLS session when it comes back', async () => {
  const { server, open } = await setUp();
  for (let i = 0; i < 2; i++) {
    const connection = await open();
    await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
    connection.close();
    await connection.ended;
  }
  expect(server.resumed).toEqual([false, true]);
});

it('talks to nobody but a server that the pinned CA signed', async () => {
  const { server } = await setUp();
  const { ask } = await makeAgent(server.url, await makeAuthority());
  expect(causeOf(await ask())).toMatchObject({ code: expect.stringMatching(/SIGNATURE|SELF_SIGNED|ISSUER/) });
  expect(server.resumed).toHaveLength(0);
});

it('talks to nobody under another name', async () => {
  const authority = await makeAuthority();
  const { server } = await setUp({ tls: await makeServerIdentity(authority, ['elsewhere.test']) });
  const { ask } = await makeAgent(server.url, authority);
  expect(causeOf(await ask())).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

it('destroys a socket that fell silent, without waiting for a close handshake', async () => {
  const { server, open } = await setUp();
  const { url, freeze } = await openFreezingProxy(server.port);
  const connection = await open({ from: url, pingMs: 1000 });
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  freeze();
  // A close handshake would wait for longer than a test may take.
  expect(await connection.ended).toMatchObject({ silent: true });
});

it('says that a server has not answered on a connection that breaks meanwhile', async () => {
  const { server, open } = await setUp();
  const connection = await open();
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  const [socket] = server.sockets;
  socket!.pause();
  const answers = connection.answers();
  // A frame with bits that nobody has given a meaning (RFC 6455 §5.2).
  (socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0xf0, 0x00]));
  // What it says from here on comes after that: it answers, and nobody reads it.
  socket!.resume();
  expect(await answers).toBe(false);
  expect((await connection.ended).error?.message).toContain('RSV');
});

it('can be closed before it is open', async () => {
  const { open } = await setUp();
  const connection = await open();
  connection.close();
  expect((await connection.ended).code).toBe(1006);
});

const causeOf = (ending: Grant | Ending) => ('token' in ending ? undefined : ending.error?.cause);

/** A proxy that can swallow everything from one moment on while its sockets stay open, as a vanished machine does. */
async function openFreezingProxy(target: number) {
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const upstream = connect(target, 'localhost');
    sockets.push(client, upstream);
    client
      .on('error', () => {})
      .pipe(upstream.on('error', () => {}))
      .pipe(client);
  });
  const port = await listen(proxy);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const freeze = () => {
    for (const socket of sockets) socket.unpipe().resume();
  };
  return { url: new URL(`https://localhost:${port}`), freeze };
}

it('waits before it reports an error again, however long the server asks it to', async () => {
  // More milliseconds than a timer of Node counts: it would fire at once, and each time again.
  const busy = initTRPC.create({
    errorFormatter: ({ shape }) => ({ ...shape, data: { ...shape.data, retryAfterSeconds: 3_000_000 } }),
  });
  let reports = 0;
  const refusing = busy.router({
    agents: busy.router({
      heartbeat: busy.procedure.mutation(() => {}),
      inbox: busy.procedure.subscription(async function* ({ signal }) {
        yield await new Promise<never>((_, reject) => signal!.addEventListener('abort', reject));
      }),
      reportError: busy.procedure.mutation(() => {
        reports++;
        throw new TRPCError({ code: 'TOO_MANY_REQUESTS' });
      }),
    }),
  });
  const { open } = await setUp({ router: refusing });
  const connection = await open();
  const memory = createInboxMemory();
  const { log, until } = recordLog();
  readInbox(connection, {} as InboxActs, memory, log);
  reportError(memory, { kind: 'failed', message: 'x' }, log);
  await until('the error could not be reported');
  for (let i = 0; i < 50; i++) await connection.client.agents.heartbeat.mutate({} as never);
  expect(reports).toBe(1);
  expect(memory.unreported).toHaveLength(1);
  connection.close();
});
