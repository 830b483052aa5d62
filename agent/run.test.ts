import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openActed } from './state/acted';
import { setUpRun as setUp } from './testing-run';

it('enrols, connects, says hello and sends measurements, the second soon because the first has no rates', async () => {
  const { state, startAndForget } = await setUp();
  startAndForget();
  await state.until(() => state.samples.length === 2);
  expect(state.hellos).toHaveLength(1);
  expect(state.hellos[0]).toMatchObject({ protocol: 1 });
  expect(state.samples[0]!.networkReceivedBytesPerSecond).toBeNull();
  expect(state.samples[1]!.networkReceivedBytesPerSecond).toBeGreaterThanOrEqual(0);
});

it('ends after enrolment under --once, without connecting', async () => {
  const { state, server, start } = await setUp();
  await start({ once: true });
  expect(state.registrations).toBe(1);
  await start({ once: true });
  expect(state.registrations).toBe(1);
  expect(server.resumed).toHaveLength(0);
});

it('takes up a new heartbeat interval at once', async () => {
  const { state, startAndForget } = await setUp();
  startAndForget();
  await state.until(() => state.samples.length === 1);
  state.tell({ kind: 'settings', heartbeatSeconds: 1 });
  await state.until(() => state.samples.length === 4);
});

it('answers a kind it does not know with unsupported, a broken one with failed, and carries on', async () => {
  const { state, startAndForget } = await setUp();
  startAndForget();
  await state.until(() => state.samples.length === 1);
  state.tell({ kind: 'teleport', to: 'x'.repeat(5000) });
  state.tell({ kind: 'k'.repeat(5000) });
  state.tell({ kind: 'settings', heartbeatSeconds: -1 });
  state.tell('nonsense');
  state.tell(null);
  await state.until(() => state.errors.length === 5);
  expect(state.errors.map(({ kind }) => kind)).toEqual([
    'unsupported',
    'unsupported',
    'failed',
    'unsupported',
    'unsupported',
  ]);
  expect(state.errors[0]!.message).toContain('teleport');
  await state.until(() => state.samples.length === 2);
  expect(state.hellos).toHaveLength(1);
});

it('keeps the connection when a heartbeat is refused', async () => {
  const { state, startAndForget, until } = await setUp();
  state.refuseHeartbeats = true;
  state.heartbeatSeconds = 1;
  startAndForget();
  await until('the heartbeat failed');
  await state.until(() => state.samples.length === 2);
  expect(state.hellos).toHaveLength(1);
});

it('comes back after a restart within the window the server named', async () => {
  const { state, server, startAndForget, until } = await setUp();
  startAndForget();
  await state.until(() => state.samples.length === 1);
  for (const socket of server.sockets) socket.close(1012, '5000');
  await until('the server restarts; next try in 0.0 s');
  await state.until(() => state.hellos.length === 2);
});

it('comes back to a server that died and was started again', async () => {
  const { state, server, startAndForget, restart, until } = await setUp();
  startAndForget();
  await state.until(() => state.samples.length === 1);
  await server.stop();
  await until('nothing listens at');
  await restart();
  await state.until(() => state.hellos.length === 2);
});

it('refused at the door, asks for its standing, waits, and comes back with a new certificate', async () => {
  const { state, server, startAndForget, until } = await setUp();
  startAndForget();
  await state.until(() => state.samples.length === 1);
  state.door = 403;
  state.status = 'pending';
  for (const socket of server.sockets) socket.close(4001);
  await until('waiting for an administrator');
  state.door = undefined;
  state.decide('approved');
  await state.until(() => state.hellos.length === 2);
  expect(state.registrations).toBe(2);
});

it('shows its enrolment token once: whoever was deleted does not come back by it', async () => {
  const { state, server, start } = await setUp();
  const credential = Buffer.alloc(32, 7).toString('base64url');
  // It ends with the test's signal.
  void start({ token: { servers: [server.url], pins: [], credential } }).catch(() => {});
  await state.until(() => state.samples.length === 1);
  state.door = 403;
  for (const socket of server.sockets) socket.close(4001);
  await state.until(() => state.registrations === 2);
  expect(state.tokens).toEqual([credential, undefined]);
});

it('keeps an error that the server has no room for, and reports it when it has, in order', async () => {
  const { state, startAndForget } = await setUp();
  state.pushBack = 2;
  startAndForget();
  await state.reported(1);
  for (const kind of ['one', 'two']) state.tell({ kind });
  await state.until(() => state.errors.length === 2);
  expect(state.errors.map(({ message }) => message)).toEqual([
    'inbox item of the kind "one"',
    'inbox item of the kind "two"',
  ]);
});

it('renews once for each request, also when it is told again after a restart', async () => {
  const { state, folder, start, until } = await setUp();
  const stop = new AbortController();
  const ended = start({ signal: stop.signal });
  await state.reported(1);
  state.tell({ kind: 'renew', withinSeconds: 0, request: 'the first' });
  await until('the certificate is renewed');
  await state.reported(2);

  // What is said to something else is said after it was heard; a renewal would have begun with a key by then.
  const tellAgain = async (connection: number) => {
    const { length } = state.errors;
    state.tell({ kind: 'renew', withinSeconds: 0, request: 'the first' });
    state.tell({ kind: 'teleport' });
    await state.until(() => state.errors.length > length);
    expect([state.renewals, state.hellos.length]).toEqual([1, connection]);
    expect(existsSync(join(folder, 'client.next.key'))).toBe(false);
  };
  await tellAgain(2);
  stop.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });

  void start().catch(() => {}); // it ends with the test's signal
  await state.reported(3);
  await tellAgain(3);
  state.tell({ kind: 'renew', withinSeconds: 0, request: 'the second' });
  await state.reported(4);
  expect(state.renewals).toBe(2);
});

it('told to become another and stopped before it has, it does so at its next start', async () => {
  const { state, folder, start, startAndForget, until } = await setUp();
  const stop = new AbortController();
  const ended = start({ signal: stop.signal });
  await state.reported(1);
  const shared = readFileSync(join(folder, 'client.key'), 'utf8');
  const decided = until("an administrator decided that this machine's key is another machine's");
  state.tell({ kind: 'split' });
  await decided;
  stop.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  expect(readFileSync(join(folder, 'client.key'), 'utf8')).toBe(shared);

  startAndForget();
  await state.reported(2);
  expect(state.registrations).toBe(2);
  const setAside = readdirSync(folder).find((name) => name.startsWith('client.key.split-'))!;
  expect(readFileSync(join(folder, setAside), 'utf8')).toBe(shared);
  // Whoever puts the old key back means it.
  expect(openActed(folder).get('split')).toBeUndefined();
});

it('stops with a normal close frame', async () => {
  const { state, server, start } = await setUp();
  const stop = new AbortController();
  const ended = start({ signal: stop.signal });
  await state.until(() => state.samples.length === 1);
  const [socket] = server.sockets;
  const code = new Promise<number>((resolve) => socket!.once('close', resolve));
  stop.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  expect(await code).toBe(1000);
});
