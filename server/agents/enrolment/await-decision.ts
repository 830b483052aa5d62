import type { Approval, EnrolmentProof } from '../../../agent/protocol';
import { hosts } from '../../../db/schema';
import { AppError } from '../../errors';
import type { Context } from '../../context';
import { ofEnrolment, proveEnrolment } from './prove-enrolment';

/** Shorter than the idle limits of common proxies, which is a minute or half of one. */
const PATIENCE_MS = 25_000;

/**
 * Answers when the host's approval is no longer what the agent knows, or after 25 s with what it still is.
 * The agent asks again; so an approval reaches it at once and costs nothing while nobody decides.
 */
export async function awaitDecision(
  ctx: Context,
  { known, ...proof }: EnrolmentProof & { known: Approval },
  signal: AbortSignal | undefined,
  patienceMs = PATIENCE_MS,
): Promise<{ status: Approval }> {
  // Listening starts before the row is read, and what happens during a later read is kept: no decision may be missed.
  let changed = false;
  let isOver = signal?.aborted ?? false;
  let wake = () => {};
  const notice = () => {
    changed = true;
    wake();
  };
  const stop = (['host.approval_changed', 'host.deleted'] as const).map((name) =>
    ctx.events.listen(name, proof.enrolmentId, notice),
  );
  const giveUp = () => {
    isOver = true;
    wake();
  };
  // Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect the timeout as garbage, and then nobody is ever
  // answered.
  const timer = setTimeout(giveUp, patienceMs);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    let status: Approval = (await proveEnrolment(ctx, proof)).approval;
    ctx.handshakes.prove(ctx.transport);
    while (status === known && !isOver) {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      // Nobody listens any more, and when the server stops the database is about to close.
      if (isOver) break;
      changed = false;
      status = await approvalOf(ctx, proof.enrolmentId);
    }
    return { status };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
    for (const end of stop) end();
  }
}

async function approvalOf(ctx: Context, enrolmentId: string): Promise<Approval> {
  const [host] = await ctx.db.select({ approval: hosts.approval }).from(hosts).where(ofEnrolment(enrolmentId));
  if (!host) throw new AppError('agent.unknown');
  return host.approval;
}
