import { z } from 'zod';
import type { Permission } from '../auth/permissions';
import type { AppErrorCode } from '../errors';
import { logFailure } from '../log';
import type { Context } from '../context';
import type { AuditAction } from './actions';
import { labelObject } from './label-object';
import { actorOf, type AuditEntry } from './record-audit';

/** Reading these is an act to be known of, like a change. */
const SENSITIVE_READS: ReadonlySet<Permission> = new Set(['audit.read', 'users.read']);

/** A form that was filled in wrongly is no attempt at anything. */
const MISTAKES: ReadonlySet<AppErrorCode> = new Set(['input.invalid', 'password.common', 'password.is_email']);

/** Recorded where it is known at whose account the attempt was. */
const RECORDED_BEFORE: ReadonlySet<AppErrorCode> = new Set([
  'auth.busy',
  'auth.credentials',
  'auth.locked',
  'auth.too_many',
  'password.wrong',
  'token.spent',
]);

/**
 * A copy of a machine that is held back says it every few seconds; that there is one has a record: `host.suspectClone`.
 */
const NO_ATTEMPTS: ReadonlySet<string> = new Set(['agents.heartbeat']);

/** Not allowed, or not to whoever it was; all else was allowed and did not succeed. */
const REFUSALS: ReadonlySet<AppErrorCode> = new Set([
  'agent.held',
  'agent.lapsed_too_long',
  'agent.not_approved',
  'agent.proof_invalid',
  'auth.forbidden',
  'auth.required',
  'enrolment.token_expired',
  'enrolment.token_revoked',
  'enrolment.token_unknown',
  'enrolment.token_used_up',
  'enrolment.too_many_wrong_tokens',
  'key.invalid',
  'key.too_wide',
  'link.closed',
  'setup.closed',
  'token.expired',
  'token.invalid',
]);

interface Call {
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  getRawInput: () => Promise<unknown>;
}

/**
 * Writes down that a call was refused or failed: changes, sensitive reads, and whatever an API key tries that no key
 * may. Never fails itself.
 * @param permission what it needs; null where it is enough to be signed in
 */
export async function recordUnsuccessfulCall(
  ctx: Context,
  call: Call,
  permission: Permission | null,
  code: AppErrorCode,
): Promise<void> {
  const isSensitive = permission ? SENSITIVE_READS.has(permission) : ctx.session?.via === 'key';
  if (call.type !== 'mutation' && !isSensitive) return;
  await record(ctx, call, code);
}

/**
 * The same for a call that needs nobody's session. Machines ask again and again: only who showed something wrong is
 * refused.
 */
export async function recordRefusedCall(ctx: Context, call: Call, code: AppErrorCode): Promise<void> {
  if (call.type === 'mutation' && REFUSALS.has(code) && !NO_ATTEMPTS.has(call.path)) await record(ctx, call, code);
}

async function record(ctx: Context, call: Call, code: AppErrorCode): Promise<void> {
  // A database that does not serve takes no record of that, and was not tried by anybody.
  if (MISTAKES.has(code) || RECORDED_BEFORE.has(code) || code.startsWith('database.')) return;
  const object = await objectOf(ctx, await call.getRawInput().catch(() => undefined));
  await recordRefusal(ctx, {
    action: actionOf(call.path),
    outcome: REFUSALS.has(code) ? 'refused' : 'failed',
    code,
    ...(call.path.startsWith('agents.') && ofRefusedHost(ctx)),
    ...(object && { object }),
  });
}

/**
 * What is known of a host that is refused: it is connected, or has shown a certificate of ours that does not count any
 * more. Whoever did that has its key, be it the machine or somebody who copied it.
 */
export function ofRefusedHost({
  session,
  agent,
  agentRefusal,
}: Pick<Context, 'session' | 'agent' | 'agentRefusal'>): Pick<AuditEntry, 'actor' | 'object' | 'after'> {
  const { hostId: id, fqdn } = agent ?? agentRefusal ?? {};
  if (session || !id) return {};
  const label = fqdn ?? null;
  const after = agentRefusal && { reason: agentRefusal.reason, serial: agentRefusal.serial };
  return { actor: { kind: 'agent', id, label }, object: { kind: 'host', id, label }, ...(after && { after }) };
}

/**
 * Writes down an attempt that changed nothing, outside of any transaction and within a limit: see `createRefusals`.
 * Never fails itself.
 */
export async function recordRefusal(ctx: Context, entry: AuditEntry): Promise<void> {
  const { address, requestId, session } = ctx;
  try {
    await ctx.audit.refusals.note({
      entry: { actor: actorOf(ctx), ...entry },
      address,
      requestId,
      userId: session?.user.id,
    });
  } catch (error) {
    // The refusal stands, whether it can be written down or not; an answer of 500 would hide it.
    logFailure(ctx.log, 'a refused attempt could not be recorded', error);
  }
}

/** `hosts.approve` is `host.approve`: the same name as what the change itself records. */
export const actionOf = (path: string) => path.replace(/^(\w+?)s\./, '$1.') as AuditAction;

/** What inputs call the ids of objects, and changes the objects. */
export const KINDS = {
  hostId: 'host',
  enrolmentId: 'host',
  userId: 'user',
  keyId: 'apiKey',
  tokenId: 'enrolmentToken',
  savedCommandId: 'savedCommand',
  commandId: 'command',
  jobId: 'job',
  // Beside another it says where something was to be done.
  fleetId: 'fleet',
} as const;

const uuid = z.uuid();

/**
 * What the call was about, by an id in its input. Not verified, as the call changed nothing: what there is has its name
 * beside it.
 */
async function objectOf(ctx: Context, input: unknown): Promise<AuditEntry['object']> {
  if (typeof input !== 'object' || input === null) return undefined;
  for (const [name, kind] of Object.entries(KINDS)) {
    const id = uuid.safeParse((input as Record<string, unknown>)[name]);
    if (id.success) return { kind, id: id.data, label: await labelObject(ctx.db, kind, id.data).catch(() => null) };
  }
  return undefined;
}
