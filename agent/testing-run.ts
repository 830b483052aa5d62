import { EventEmitter, on, once } from 'node:events';
import { initTRPC, tracked, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type Configuration, leavesOf } from './configuration/schema';
import type { EnrolmentToken } from './enrolment-token';
import { openIdentity } from './identity';
import { commandReport, type CommandReport } from './commands/protocol';
import {
  agentError,
  approval,
  configurationReport,
  enrolmentProof,
  hello,
  registration,
  renewal,
  sample,
  type Approval,
  type ConfigurationReport,
  type Hello,
  type Sample,
} from './protocol';
import { run, type Run } from './run';
import { openStateFolder } from './state/open-folder';
import {
  issueFor,
  keepingIn,
  makeAuthority,
  makeServerIdentity,
  makeStateFolder,
  recordLog,
  signalOfTest,
  startTestServer,
} from './testing';

const HOST_ID = '0190a1b2-0000-7000-8000-00000000000a';

/**
 * A whole server in small, and an agent to run against it, for tests.
 * @param readsReports how it reads reports of configurations, of a server that says nothing of brief ones
 */
export async function setUpRun({ readsReports }: { readsReports?: z.ZodType } = {}) {
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
    /** After how many hellos the last measurement came. */
    reporting: 0,
    errors: [] as { kind: string; message: string }[],
    refuseHeartbeats: false,
    /** How many hellos it refuses, before it takes one. */
    refuseHellos: 0,
    /** Until when no hello is answered. */
    holdHellos: Promise.resolve(),
    /** How many errors it has no room for, before it takes one. */
    pushBack: 0,
    renewals: 0,
    /** What is wanted of its configuration, as it is fetched. */
    offered: { format: 1, hash: '', document: {} as unknown },
    fetched: 0,
    /** How many fetches and reports of configurations it fails at, before it takes one. */
    failFetches: 0,
    failReports: 0,
    reports: [] as ConfigurationReport[],
    /** As they came. */
    saidReports: [] as unknown[],
    runReports: [] as CommandReport[],
    decide(status: Approval) {
      state.status = status;
      changed.emit('decision');
    },
    tell: (item: unknown) => changed.emit('tell', item),
    /** Wants a configuration, named by one digit. */
    want(
      digit: number,
      document: unknown,
      { format = 1, request, isHanded }: { format?: number; request?: string; isHanded?: boolean } = {},
    ) {
      state.offered = { format, hash: String(digit).repeat(64), document };
      const offered = isHanded ? { format, document } : undefined;
      state.tell({ kind: 'configuration', hash: state.offered.hash, request, offered });
    },
    /** Resolves when a measurement has come after the nth hello: then the inbox of that connection is open. */
    reported: (nth: number) => state.until(() => state.reporting >= nth),
    /** Resolves when the condition holds; looked at after each call of the agent. */
    async until(condition: () => boolean) {
      while (!condition()) await once(changed, 'call');
    },
  };
  const t = initTRPC.create({
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: { ...shape.data, retryAfterSeconds: error.code === 'SERVICE_UNAVAILABLE' ? 0.001 : null },
    }),
  });
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
      hello: procedure.input(hello).mutation(async ({ input }) => {
        state.hellos.push(input);
        changed.emit('call');
        if (state.refuseHellos-- > 0) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR' });
        await state.holdHellos;
        return { heartbeatSeconds: state.heartbeatSeconds, takesBriefReports: readsReports === undefined };
      }),
      heartbeat: procedure.input(sample).mutation(({ input }) => {
        state.samples.push(input);
        state.reporting = state.hellos.length;
        if (state.refuseHeartbeats) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR' });
      }),
      renewCertificate: procedure.input(renewal).mutation(async ({ input }) => {
        state.renewals++;
        return { certificate: await issueFor(authority, input.csr, HOST_ID) };
      }),
      configuration: procedure.query(() => {
        state.fetched++;
        if (state.failFetches-- > 0) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR' });
        return state.offered;
      }),
      configReport: procedure.input(readsReports ?? z.unknown()).mutation(({ input }) => {
        state.saidReports.push(input);
        if (state.failReports-- > 0) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR' });
        const { values = Object.fromEntries(leavesOf(state.offered.document as Configuration)), ...said } =
          configurationReport.parse(input);
        state.reports.push({ ...said, values: values as ConfigurationReport['values'] });
      }),
      reportError: procedure.input(agentError).mutation(({ input }) => {
        if (state.pushBack-- > 0) throw new TRPCError({ code: 'SERVICE_UNAVAILABLE' });
        state.errors.push(input);
      }),
      commandUpdate: procedure.input(commandReport).mutation(({ input }) => {
        state.runReports.push(input);
        return { over: [] };
      }),
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
  const start = (
    options: {
      once?: boolean;
      signal?: AbortSignal;
      token?: EnrolmentToken;
      servers?: URL[];
      discovery?: Run['discovery'];
      isFound?: boolean;
      configured?: Run['configured'];
    } = {},
  ) =>
    run({
      folder,
      servers: options.servers ?? [server.url],
      discovery: options.discovery,
      isFound: options.isFound,
      configured: options.configured,
      identity: openIdentity(folder),
      expectedPins: undefined,
      token: options.token ?? null,
      once: options.once ?? false,
      log: record.log,
      ...keepingIn(folder, record.log),
      signal: options.signal ?? signalOfTest(),
      random: () => 0,
    });
  // It ends with the test's signal.
  const startAndForget = (signal?: AbortSignal) => void start({ signal }).catch(() => {});
  return {
    state,
    authority,
    server,
    folder,
    start,
    startAndForget,
    restart: ({ port } = server) => startTestServer({ tls, router, port }),
    /** Another address of the same server. */
    startOther: (refuse = () => state.door) => startTestServer({ tls, router, refuse }),
    ...record,
  };
}
