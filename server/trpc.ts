import { initTRPC, type TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { AgentIdentity } from './agents/agent-identity';
import { speaksForHost } from './agents/sockets';
import { recordRefusedCall, recordUnsuccessfulCall } from './audit/record-refusal';
import type { Session } from './auth/session';
import { type HostPermission, mayAnywhere, type Permission } from './auth/permissions';
import type { Caller } from './caller';
import type { Context } from './context';
import { AppError, type AppErrorCode, appErrorCode, httpStatusOf, issuesOf, retryAfterOf } from './errors';
import { mayOnFleet } from './fleets/visible-fleets';
import { mayOnHost } from './hosts/visible-hosts';
import { logRefusal } from './log';
import type { Meta } from './rest/operation';
import type { Services } from './services';
import { atReadersPace } from './sockets/room-to-send';
import { actByBearer } from './tokens/act-by-bearer';

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    // A stream in an HTTP answer would go on when its session has ended: only sockets are closed then.
    sse: { enabled: false },
    errorFormatter({ shape, error, ctx }) {
      const appCode = appErrorCode(error);
      // The message and the stack of an error we did not write may hold anything; the request id finds them in the log.
      return {
        ...shape,
        message: appCode,
        data: {
          code: shape.data.code,
          httpStatus: httpStatusOf(error),
          appCode,
          requestId: ctx?.requestId ?? null,
          retryAfterSeconds: retryAfterOf(error),
          issues: issuesOf(error),
        },
      };
    },
  });

/** For every HTTP adapter: our own status, and when to come back. */
export function responseMeta({ errors: [error] }: { errors: TRPCError[] }): {
  status?: number;
  headers?: Record<string, string>;
} {
  if (!error) return {};
  const seconds = retryAfterOf(error);
  return { status: httpStatusOf(error), ...(seconds !== null && { headers: { 'Retry-After': String(seconds) } }) };
}

export const { router, createCallerFactory } = t;

// A bare `t.procedure` is not exported: every procedure chooses its guard. A guard that has found something certain
// says that of the type alone, `next<{ … }>({})`: a context that is passed on as another one is copied member by
// member, twice, which was most of what a call of an agent took.

/** Any procedure. What it streams goes no faster than its peer reads. */
const procedure = t.procedure.use(async ({ ctx, next, type, signal }) => {
  const result = await next();
  if (type !== 'subscription' || !result.ok) return result;
  return { ...result, data: atReadersPace(result.data as AsyncIterable<unknown>, ctx.transport, signal) };
});

/** What needs nobody's session. It stands around what else is asked: that is refused on record, too. */
const recorded = procedure.use(async ({ ctx, next, ...call }) => {
  const result = await next();
  if (!result.ok) await recordRefusedCall(ctx, call, appErrorCode(result.error));
  return result;
});

/** Anyone who reaches the web listener: setup and sign-in, which check for themselves. */
export const visitor = recorded.use(({ ctx, next }) => {
  if (ctx.listener !== 'web') throw new AppError('auth.forbidden');
  return next();
});

/**
 * Whoever the request speaks for: by cookie on the web listener, by token or API key on the API listener. What somebody
 * only asks, be it as a download, ends when it takes the database too long, and waits for what else the same person
 * asks.
 */
const identified = (permission: Permission | null) =>
  procedure.use(async ({ ctx, next, ...call }) => {
    const { bearer, setLanguage, readsOf, transport } = ctx;
    const actAs = (session: Session) => {
      setLanguage?.(session.user.language);
      // A failure is logged outside of this, and says whose it was. The session itself is this call's alone: another
      // one of the same request shows its token for itself.
      ctx.calledBy = session.user.id;
      if (call.type === 'mutation') return next({ ctx: { session } });
      return next({ ctx: { session, db: readsOf({ key: session.user.id, hasLeft: () => transport.destroyed }) } });
    };
    if (ctx.session) return actAs(ctx.session);
    try {
      if (bearer === null) throw new AppError('auth.required');
      // What the call itself comes to is in its result; what is thrown is about the bearer.
      return await actByBearer(ctx, { bearer, type: call.type }, actAs);
    } catch (error) {
      if (error instanceof AppError) await recordUnsuccessfulCall(ctx, call, permission, error.appCode);
      throw error;
    }
  });

/**
 * Anyone who is signed in, whatever their role: for what is their own, 120 changes a minute. `ctx.session` is then
 * certain.
 */
export const signedIn = identified(null).use(async ({ ctx, next, ...call }) => {
  // A key may do what it names and nothing else: one that could make keys could make itself a wider one.
  if (ctx.session.via === 'key') {
    await recordUnsuccessfulCall(ctx, call, null, 'auth.forbidden');
    throw new AppError('auth.forbidden');
  }
  // Refused without a record: that is what it is for.
  if (call.type === 'mutation') await ctx.limits.ownChanges.take(ctx.session.user.id);
  const result = await next();
  if (!result.ok) await recordUnsuccessfulCall(ctx, call, null, appErrorCode(result.error));
  return result;
});

/** Whoever `has` says, and a record of everybody else who tries, and of what does not succeed. */
const permitted = (permission: Permission, has: (session: Session) => boolean) =>
  identified(permission).use(async ({ ctx, next, ...call }) => {
    if (!has(ctx.session)) {
      await recordUnsuccessfulCall(ctx, call, permission, 'auth.forbidden');
      throw new AppError('auth.forbidden');
    }
    const result = await next();
    if (!result.ok) await recordUnsuccessfulCall(ctx, call, permission, appErrorCode(result.error));
    return result;
  });

/** A signed-in person or an API key that has the permission everywhere. `ctx.session` is then certain. */
export const can = (permission: Permission) => permitted(permission, ({ permissions }) => permissions.has(permission));

/**
 * The same for who has it on some hosts only. On which of them is not decided yet: whatever the procedure reads or
 * changes is narrowed by `visibleHosts` or `hostsWith`, and the access test wants to see that.
 * @param orElse what is as good, for API keys that name it alone: roles that have it have the other too
 */
export const canOnSome = (permission: HostPermission, orElse: HostPermission = permission) =>
  permitted(permission, (session) => mayAnywhere(session, permission) || mayAnywhere(session, orElse));

/** Who has the permission on the host that the input names. A host that they know nothing of is not found. */
export const canOnHost = (permission: HostPermission) =>
  canOnSome(permission)
    .input(z.object({ hostId: z.uuid() }))
    .use(async ({ ctx, input, next }) => {
      const may = await mayOnHost(ctx.db, ctx, { hostId: input.hostId, permission });
      if (may !== 'yes') throw new AppError(may === 'no' ? 'auth.forbidden' : 'host.not_found');
      return next();
    });

/**
 * Who has the permission on the hosts of the fleet that the input names. One that they know nothing of is not found.
 */
export const canOnFleet = (permission: HostPermission) =>
  canOnSome(permission)
    .input(z.object({ fleetId: z.uuid() }))
    .use(async ({ ctx, input, next }) => {
      const may = await mayOnFleet(ctx.db, ctx, { fleetId: input.fleetId, permission });
      if (may !== 'yes') throw new AppError(may === 'no' ? 'auth.forbidden' : 'fleet.not_found');
      return next();
    });

/** A machine without a certificate yet, or whoever else reaches the API listener. Everything it says is a claim. */
export const stranger = recorded.use(({ ctx, next }) => {
  if (ctx.listener !== 'api') throw new AppError('auth.forbidden');
  return next();
});

/** A host that shows its certificate to the API listener and is not connected yet. `ctx.agent` is then certain. */
export const enrolled = recorded.use(({ ctx, next }) => {
  if (ctx.agentRefusal) logRefusal(ctx.log, 'agent refused', { ...ctx.agentRefusal, address: ctx.address });
  if (!ctx.agent || ctx.listener !== 'api') throw new AppError('auth.forbidden');
  return next<{ agent: AgentIdentity }>({});
});

/**
 * Whoever calls over an agent's connection, and a record of who may not. All that is asked of such a call stands in one
 * guard: ten thousand machines call at once, and each guard around another costs a call more than what it asks.
 */
const overChannel = (refusalOf: (ctx: Context) => AppErrorCode | null) =>
  t.procedure.use(async ({ ctx, next, type, path, signal, getRawInput }) => {
    const refusal = refusalOf(ctx);
    const result = refusal === null ? await next<{ agent: AgentIdentity }>({}) : null;
    const code = result === null ? refusal : result.ok ? null : appErrorCode(result.error);
    if (code !== null) await recordRefusedCall(ctx, { type, path, getRawInput }, code);
    if (result === null) throw new AppError(refusal!);
    if (type !== 'subscription' || !result.ok) return result;
    return { ...result, data: atReadersPace(result.data as AsyncIterable<unknown>, ctx.transport, signal) };
  });

/** A machine that is connected with a host's certificate, be it a copy that is held. `ctx.agent` is then certain. */
export const connected = overChannel(({ agent, listener }) =>
  agent && listener === 'channel' ? null : 'auth.forbidden',
);

/** A connected host. Of two machines with one certificate only the one that was first is it. */
export const agentProcedure = overChannel(({ agent, listener, connection }) => {
  if (!agent || listener !== 'channel') return 'auth.forbidden';
  return connection && !speaksForHost(connection) ? 'agent.held' : null;
});

/** For verb functions: a context whose session is certain. */
export type SignedIn = Context & { session: Session };

/** Whoever acts, where nothing else of the request counts: their work may go on after it. */
export type Acting = Services & Caller & { session: Session };
export type ConnectedAgent = Context & { agent: AgentIdentity };
