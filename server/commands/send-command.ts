import { eq, type SQL, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../../db/client';
import { commandRuns, commands, hostAbilities, hosts } from '../../db/schema';
import { recordAudits } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import { whatToRun, type WhatToRun } from '../saved-commands/what-to-run';
import type { SignedIn } from '../trpc';
import { auditedText, inParts } from './audited-text';
import { commandObject } from './command-object';
import { expiryOf, type NewCommand } from './command-schema';
import { withoutSecrets } from './secret-parameters';
import { targeted } from './targets';
import { whyNot } from './why-not';

/** As many ids as the audit log keeps in one record (8 KiB). */
const NAMED = 200;

/**
 * Makes a command and its runs, one a host: from here on the list of hosts is fixed. Hosts that say they cannot run it
 * have a run that is `rejected` and are told nothing; the others are told as soon as they are there, and have said what
 * they can run.
 * @returns its id
 * @throws as `whatToRun`, `command.no_targets`, `command.targets_missing`, `command.targets_changed`
 */
export async function sendCommand(ctx: SignedIn, input: NewCommand, now = new Date()): Promise<string> {
  const id = uuidv7();
  const { user } = ctx.session;
  const { kind, queued } = await ctx.db.transaction(async (tx) => {
    const what = await whatToRun(tx, ctx, input);
    const { kind, parameters, saved, where } = what;
    await tx
      .insert(commands)
      .values({
        ...{ id, kind, targets: input.targets, timeoutSeconds: input.timeoutSeconds },
        parameters: ctx.secretParameters.seal(id, parameters),
        expiresAt: expiryOf(input, now),
        author: user.email,
        ...(saved && { savedCommandId: saved.id, savedCommandName: saved.name }),
      });
    const runs = await makeRuns(tx, { id, where: targeted(ctx, input.targets, where) });
    requireTargets(input, runs.length);
    await recordAudits(tx, ctx, recordsOf({ ...input, ...what, id, parameters: withoutSecrets(parameters) }, runs));
    return { kind, queued: runs.filter(({ state }) => state === 'queued') };
  });
  logAct(ctx, { commandId: id, kind, hosts: queued.length }, 'command sent');
  for (const { hostId } of queued) ctx.events.emit('inbox.changed', { hostId, kind: 'commands' });
  ctx.events.emit('command.changed', { commandId: id, runs: [] });
  return id;
}

/** One statement: the hosts are those of one moment. */
async function makeRuns(tx: Transaction, command: { id: string; where: SQL | undefined }) {
  const chosen = tx
    .select({ hostId: hosts.id, why: whyNot(commands).as('why'), expiresAt: commands.expiresAt })
    .from(hosts)
    .innerJoin(commands, eq(commands.id, command.id))
    .leftJoin(hostAbilities, eq(hostAbilities.hostId, hosts.id))
    .where(command.where)
    // Each run holds its host against being deleted: in the order of their ids, as all who lock hosts do.
    .orderBy(hosts.id);
  const { rows } = await tx.execute<{ hostId: string; state: string }>(sql`
    insert into ${commandRuns} (command_id, host_id, state, deadline, reason, detail, ended_at)
    select ${command.id}, id, case when why is null then 'queued' else 'rejected' end,
      case when why is null then expires_at end, why[1], why[2], case when why is not null then now() end
    from (${chosen}) as chosen
    returning host_id as "hostId", state`);
  return rows;
}

/** Whoever names hosts means those and no others; whoever was shown how many means as many. */
function requireTargets({ targets: { hostIds }, targetCount }: NewCommand, count: number): void {
  if (hostIds && count !== new Set(hostIds).size) throw new AppError('command.targets_missing');
  if (targetCount !== undefined && count !== targetCount) throw new AppError('command.targets_changed');
  if (count === 0) throw new AppError('command.no_targets');
}

/** All that it does, and to whom, in as many records as that takes. */
function recordsOf(command: NewCommand & WhatToRun & { id: string }, runs: { hostId: string }[]) {
  const { id, kind, parameters, saved, targets, timeoutSeconds } = command;
  const { records, digest } = auditedText(parameters);
  const texts = records.map((text) => ({ parameters: text }));
  const named = inParts(runs, NAMED).map((part) => ({ hostIds: part.map(({ hostId }) => hostId) }));
  const isShort = texts.length < 2 && runs.length <= NAMED / 2;
  const parts: object[] = isShort ? [{ ...texts[0], ...named[0] }] : [...texts, ...named];
  return parts.map((part, at) => ({
    action: 'command.send' as const,
    object: commandObject({ id, kind }),
    after: {
      ...(parts.length > 1 && { part: at + 1, parts: parts.length }),
      ...(at === 0 && { timeoutSeconds, hosts: runs.length, by: Object.keys(targets)[0] }),
      ...(at === 0 && digest && { parametersSha256: digest }),
      ...(at === 0 && saved && { savedCommand: saved.name, version: saved.version }),
      ...part,
    },
  }));
}
