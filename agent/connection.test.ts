import { connect, createServer, type Socket } from 'node:net';
import { initTRPC } from '@trpc/server';
import { expect, it, onTestFinished } from 'vitest';
import { openConnection } from './connection';
import { createCsr, openIdentity } from './identity';
import { hello } from './protocol';
import { openStateFolder } from './state/open-folder';
import {
  issueFor,
  listen,
  makeAuthority,
  makeServerIdentity,
  makeStateFolder,
  startTestServer,
  type TestAuthority,
  type TestServerOptions,
} from './testing';

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
  return { authority, server, credentials: await makeCredentials(authority) };
}

async function makeCredentials(authority: TestAuthority) {
  const folder = makeStateFolder();
  openStateFolder(folder);
  const identity = openIdentity(folder);
  const certificate = await issueFor(authority, await createCsr(identity, 'agent.test'), 'id');
  return { authorities: [authority.pem], certificate, privateKeyPem: identity.privateKeyPem };
}

it('carries calls and closes in good order', async () => {
  const { server, credentials } = await setUp();
  const connection = openConnection({ server: server.url, credentials, pingMs: 20_000 });
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  const [socket] = server.sockets;
  const seen = new Promise<number>((resolve) => socket!.once('close', resolve));
  connection.close();
  expect(await connection.ended).toMatchObject({ code: 1000 });
  expect(await seen).toBe(1000);
  expect(connection.over.aborted).toBe(true);
});

it('fails what is under way when the connection breaks, and does not come back by itself', async () => {
  const { server, credentials } = await setUp();
  const connection = openConnection({ server: server.url, credentials, pingMs: 20_000 });
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  const unanswered = connection.client.agents.heartbeat.mutate({} as never);
  for (const socket of server.sockets) socket.terminate();
  await expect(unanswered).rejects.toThrow();
  expect(await connection.ended).toMatchObject({ code: 1006 });
  expect(server.resumed).toHaveLength(1);
});

it('tells a refusal by its status', async () => {
  const { server, credentials } = await setUp({ refuse: () => 403 });
  const connection = openConnection({ server: server.url, credentials, pingMs: 20_000 });
  expect(await connection.ended).toMatchObject({ status: 403 });
});

it('resumes its TLS session when it comes back', async () => {
  const { server, credentials } = await setUp();
  for (let i = 0; i < 2; i++) {
    const connection = openConnection({ server: server.url, credentials, pingMs: 20_000 });
    await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
    connection.close();
    await connection.ended;
  }
  expect(server.resumed).toEqual([false, true]);
});

it('talks to nobody but a server that the pinned CA signed', async () => {
  const { server } = await setUp();
  const credentials = await makeCredentials(await makeAuthority());
  const { error } = await openConnection({ server: server.url, credentials, pingMs: 20_000 }).ended;
  expect(error).toMatchObject({ code: expect.stringMatching(/SIGNATURE|SELF_SIGNED|ISSUER/) });
  expect(server.resumed).toHaveLength(0);
});

it('talks to nobody under another name', async () => {
  const authority = await makeAuthority();
  const { server } = await setUp({ tls: await makeServerIdentity(authority, ['elsewhere.test']) });
  const connection = openConnection({
    server: server.url,
    credentials: await makeCredentials(authority),
    pingMs: 20_000,
  });
  expect((await connection.ended).error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

it('destroys a socket that fell silent, without waiting for a close handshake', async () => {
  const { server, credentials } = await setUp();
  const { url, freeze } = await openFreezingProxy(server.port);
  const pingMs = 100;
  const connection = openConnection({ server: url, credentials, pingMs });
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  freeze();
  const frozenAt = performance.now();
  expect(await connection.ended).toMatchObject({ silent: true });
  expect(performance.now() - frozenAt).toBeLessThan(pingMs * 10);
});

it('keeps a quiet connection whose server answers pings', async () => {
  const { server, credentials } = await setUp();
  const connection = openConnection({ server: server.url, credentials, pingMs: 20 });
  await connection.client.agents.reportError.mutate({ kind: 'failed', message: 'x' });
  const [socket] = server.sockets;
  let pings = 0;
  await new Promise<void>((resolve) => socket!.on('ping', () => ++pings === 5 && resolve()));
  expect(connection.over.aborted).toBe(false);
  connection.close();
  await connection.ended;
});

it('can be closed before it is open', async () => {
  const { server, credentials } = await setUp();
  const connection = openConnection({ server: server.url, credentials, pingMs: 20_000 });
  connection.close();
  expect((await connection.ended).code).toBe(1006);
});

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
