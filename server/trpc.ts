import { initTRPC } from '@trpc/server';
import { ZodError } from 'zod';
import type { AgentIdentity, AgentRefusal } from './agents/authenticate';
import { type Slot, speaksForHost } from './agents/sockets';
import { recordUnsuccessfulCall } from './audit/record-refusal';
import type { Session } from './auth/session';
import { isGranted, type Permission } from './auth/permissions';
import { AppError, appErrorCode } from './errors';
import type { Services } from './services';

/** What a procedure gets to know of its caller. Built once a request, or once a socket. */
export interface Context extends Services {
  requestId: string;
  /**
   * Which door it came through. Strangers' machines are heard on the API listener only, cookies count on the web
   * listener only, and what a connected host says counts in the sealed frames of its channel only.
   */
  listener: 'web' | 'api' | 'channel';
  /** The peer's address, as the socket saw it. */
  address: string;
  session: Session | null;
  /** The host whose client certificate this connection showed, verified. */
  agent: AgentIdentity | null;
  /** The open connection it came over. */
  connection: Slot | null;
  /** Why there is no `agent`, where one might be. For the log: the wire never says. */
  agentRefusal: AgentRefusal | null;
  /** Adds a Set-Cookie to the answer. Null on a WebSocket, which has no answer to put it in. */
  setCookie: ((cookie: string) => void) | null;
}

const t = initTRPC.context<Context>().create({
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
        httpStatus: shape.data.httpStatus,
        appCode,
        requestId: ctx?.requestId ?? null,
        retryAfterSeconds: error instanceof AppError ? error.retryAfterSeconds : null,
        issues: error.cause instanceof ZodError ? inputIssues(error.cause) : [],
      },
    };
  },
});

/** Where the input is wrong and how, without repeating the input. */
export function inputIssues(error: ZodError): { path: string; message: string }[] {
  return error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}

export const { router, createCallerFactory } = t;

// A bare `t.procedure` is not exported: every procedure chooses its guard.

/** Anyone who reaches the web listener: setup and sign-in, which check for themselves. */
export const visitor = t.procedure.use(({ ctx, next }) => {
  if (ctx.listener !== 'web') throw new AppError('auth.forbidden');
  return next();
});

/** A signed-in person whose role grants the permission. `ctx.session` is then certain. */
export const can = (permission: Permission) =>
  t.procedure.use(async ({ ctx, next, ...call }) => {
    if (!ctx.session) throw new AppError('auth.required');
    const signedIn = { ...ctx, session: ctx.session };
    if (!isGranted(ctx.session.user.role, permission)) {
      await recordUnsuccessfulCall(signedIn, call, permission, 'auth.forbidden');
      throw new AppError('auth.forbidden');
    }
    const result = await next({ ctx: signedIn });
    if (!result.ok) await recordUnsuccessfulCall(signedIn, call, permission, appErrorCode(result.error));
    return result;
  });

/** A machine without a certificate yet. Everything it says is a claim. */
export const stranger = t.procedure.use(({ ctx, next }) => {
  if (ctx.listener !== 'api') throw new AppError('auth.forbidden');
  return next();
});

/** A host that shows its certificate to the API listener and is not connected yet. `ctx.agent` is then certain. */
export const enrolled = t.procedure.use(({ ctx, next }) => {
  if (ctx.agentRefusal) ctx.log.warn({ ...ctx.agentRefusal, address: ctx.address }, 'agent refused');
  if (!ctx.agent || ctx.listener !== 'api') throw new AppError('auth.forbidden');
  return next({ ctx: { ...ctx, agent: ctx.agent } });
});

/** A machine that is connected with a host's certificate, be it a copy that is held. `ctx.agent` is then certain. */
export const connected = t.procedure.use(({ ctx, next }) => {
  if (!ctx.agent || ctx.listener !== 'channel') throw new AppError('auth.forbidden');
  return next({ ctx: { ...ctx, agent: ctx.agent } });
});

/** A connected host. Of two machines with one certificate only the one that was first is it. */
export const agentProcedure = connected.use(({ ctx, next }) => {
  if (ctx.connection && !speaksForHost(ctx.connection)) throw new AppError('agent.held');
  return next();
});

/** For verb functions: a context whose session is certain. */
export type SignedIn = Context & { session: Session };
export type ConnectedAgent = Context & { agent: AgentIdentity };
