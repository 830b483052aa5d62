import { z } from 'zod';
import type { Permission } from '../auth/permissions';
import type { AppErrorCode } from '../errors';
import type { Context, SignedIn } from '../trpc';
import { actorOf, type AuditEntry } from './record-audit';

/** Reading these is an act to be known of, like a change. */
const SENSITIVE_READS: ReadonlySet<Permission> = new Set(['audit.read']);

interface Call {
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  getRawInput: () => Promise<unknown>;
}

/** Writes down that a signed-in person's call was refused or failed: changes, and sensitive reads. Never fails itself. */
export async function recordUnsuccessfulCall(ctx: SignedIn, call: Call, permission: Permission, code: AppErrorCode): Promise<void> {
  if (call.type !== 'mutation' && !SENSITIVE_READS.has(permission)) return;
  // A form that was filled in wrongly is no attempt at anything.
  if (code === 'input.invalid') return;
  await recordRefusal(ctx, {
    action: actionOf(call.path),
    outcome: code === 'auth.forbidden' ? 'refused' : 'failed',
    code,
    object: objectOf(await call.getRawInput().catch(() => undefined)),
  });
}

/** Writes down an attempt that changed nothing, outside of any transaction and within a limit: see `createRefusals`. Never fails itself. */
export async function recordRefusal(ctx: Context, entry: AuditEntry): Promise<void> {
  const { people, strangers } = ctx.audit.refusals;
  const actor = actorOf(ctx);
  try {
    await (ctx.session ? people : strangers).note({ entry: { actor, ...entry }, address: ctx.address, requestId: ctx.requestId });
  } catch (error) {
    // The refusal stands, whether it can be written down or not; an answer of 500 would hide it.
    ctx.log.error({ err: error, action: entry.action, requestId: ctx.requestId }, 'a refused attempt could not be recorded');
  }
}

/** `hosts.approve` is `host.approve`: the same name as what the change itself records. */
export const actionOf = (path: string) => path.replace(/^(\w+?)s\./, '$1.');

const uuid = z.uuid();

/** What the call was about, by the first id in its input: `{ hostId, … }` is a host. Not verified, as the call changed nothing. */
function objectOf(input: unknown): AuditEntry['object'] {
  if (typeof input !== 'object' || input === null) return undefined;
  const [name, id] = Object.entries(input).find(([name, value]) => /^[a-zA-Z]{1,40}Id$/.test(name) && uuid.safeParse(value).success) ?? [];
  return name ? { kind: name.slice(0, -2), id: String(id), label: null } : undefined;
}
