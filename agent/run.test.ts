import { EventEmitter, on, once } from 'node:events';
import { initTRPC, tracked, TRPCError } from '@trpc/server';
import { expect, it } from 'vitest';
import type { EnrolmentToken } from './enrolment-token';
import { openIdentity } from './identity';
import {
  agentError,
  approval,
  enrolmentProof,
  hello,
  registration,
  sample,
  type Approval,
  type Hello,
  type Sample,
} from './protocol';
import { run } from './run';
import { openStateFolder } from './state/open-folder';
import {
  issueFor,
  makeAuthority,
  makeServerIdentity,
  makeStateFolder,
  recordLog,
  signalOfTest,
  startTestServer,
} from './testing';

const HOST_ID = '0190a1b2-0000-7000-8000-00000000000a';

/** A whole server in small, and an agent to run against it. */
async function setUp() {
  const authority = await makeAuthority();
  const changed = new EventEmitter();
  const state = {
    status: 'approved' as Approval,
    door: undefined as number | undefined,
    heartbeatSeconds: 3600,
    registrations: 0,
    tokens: [] as (string | undefined)[],
    hellos: [] as Hello[],
    samples: [] as Sample[],
    errors: [] as { kind: string; message: string }[],
    refuseHeartbeats: false,
    decide(status: Approval) {
      state.status = status;
      changed.emit('decision');
    },
    tell: (item: unknown) => changed.emit('tell', item),
    /** Resolves when the condition holds; looked at after each call of the agent. */
    async until(condition: () => boolean) {
      while (!condition()) await once(changed, 'call');
    },
  };
  const t = initTRPC.create();
  const procedure = t.procedure.use(async ({ next }) => {
    const result = await next();
    changed.emit('call');
    return result;
  });
  let csr = '';
  const router = t.router({
    agents: t.router({
      register: procedure.input(registration).mutation(({ input }) => {
        csr = input.csr;
        state.registrations++;
        state.tokens.push(input.token);
        return { enrolmentId: HOST_ID, challenge: 'challenge', status: state.status };
      }),
      enrolment: procedure.input(enrolmentProof.extend({ known: approval })).mutation(async ({ input, signal }) => {
        if (state.status === input.known) await once(changed, 'decision', { signal });
        return { status: state.status };
      }),
      certificate: procedure.mutation(async () => ({ certificate: await issueFor(authority, csr, HOST_ID) })),
      hello: procedure.input(hello).mutation(({ input }) => {
        state.hellos.push(input);
        return { heartbeatSeconds: state.heartbeatSeconds };
      }),
      heartbeat: procedure.input(sample).mutation(({ input }) => {
        state.samples.push(input);
        if (state.refuseHeartbeats) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR' });
      }),
      reportError: procedure.input(agentError).mutation(({ input }) => void state.errors.push(input)),
      inbox: t.procedure.subscription(async function* ({ signal }) {
        const told = on(changed, 'tell', { signal });
        yield tracked('settings', { kind: 'settings', heartbeatSeconds: state.heartbeatSeconds });
        let id = 0;
        for await (const [item] of told) yield tracked(String(++id), item as unknown);
      }),
    }),
  });
  const tls = await makeServerIdentity(authority);
  const server = await startTestServer({ tls, router, refuse: () => state.door });
  const folder = makeStateFolder();
  openStateFolder(folder);
  const record = recordLog();
  const start = (options: { once?: boolean; signal?: AbortSignal; token?: EnrolmentToken } = {}) =>
    run({
      folder,
      servers: [server.url],
      identity: openIdentity(folder),
      expectedPins: undefined,
      token: options.token ?? null,
      once: options.once ?? false,
      log: record.log,
      signal: options.signal ?? signalOfTest(),
      random: () => 0,
    });
  // It ends with the test's signal.
  const startAndForget = (signal?: AbortSignal) => void start({ signal }).catch(() => {});
  return {
    state,
    server,
    folder,
    start,
    startAndForget,
    restart: () => startTestServer({ tls, router, port: server.port }),
    ...record,
  };
}

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
