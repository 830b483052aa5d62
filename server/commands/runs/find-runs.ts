import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { commandRuns, hosts } from '../../../db/schema';
import { AppError } from '../../errors';
import { type Asker, hostsWith } from '../../hosts/visible-hosts';
import { readWords } from '../../kept-words';
import { byText } from '../../list/keyset';
import { cut, type List, readPage } from '../../list/list';
import type { Services } from '../../services';
import type { RunRow } from '../command-schema';
import { isCommandVisible } from '../find-commands';
import { outputDigest } from '../output/output-digest';
import { runState } from './run-states';

export const runFilter = z.object({
  state: runState.optional(),
  output: outputDigest.optional().meta({ description: 'Those that wrote this, as `differences` names it.' }),
});
type RunFilter = z.infer<typeof runFilter>;

export const runQuery = runFilter.extend({ commandId: z.uuid(), ...cut() });

const matching = ({ state, output }: RunFilter) => [
  state && eq(commandRuns.state, state),
  output === undefined ? undefined : eq(commandRuns.outputDigest, Buffer.from(output, 'hex')),
];

/** Which command's. */
type Ctx = Pick<Services, 'db'> & Asker & { commandId: string };
type Asking = Pick<Services, 'db'> & Asker;

const selectRuns = ({ db }: Asking) =>
  db
    .select({ run: commandRuns, fqdn: hosts.fqdn })
    .from(commandRuns)
    .innerJoin(hosts, eq(hosts.id, commandRuns.hostId));
type Stored = Awaited<ReturnType<typeof selectRuns>>[number];

export const runList: List<Ctx, RunFilter, Stored, 'attention'> = {
  select: selectRuns,
  scope: (asker) => hostsWith(asker, 'commands.read'),
  id: { of: ({ run }) => run.hostId },
  conditions: (filter, { commandId }) => [eq(commandRuns.commandId, commandId), ...matching(filter)],
  orders: { attention: byText(commandRuns.hostId, commandRuns.attention, ({ run }) => run.attention) },
};

/** One page of a command's runs, failures first, and where the next one starts. Throws `command.not_found`. */
export async function listRuns(ctx: Asking, { commandId, cursor, limit, ...filter }: z.infer<typeof runQuery>) {
  if (!(await isCommandVisible(ctx.db, ctx, commandId))) throw new AppError('command.not_found');
  const page = { filter, sort: 'attention', direction: 'asc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(runList, { ...ctx, commandId }, page);
  return { runs: rows.map(runRow), nextCursor };
}

/** More squares than these are no picture. */
export const MOST_SQUARES = 2000;

export const squareQuery = runFilter.extend({ commandId: z.uuid(), ...cut(MOST_SQUARES) });

const selectSquares = ({ db }: Asking) =>
  db
    .select({
      ...{ hostId: commandRuns.hostId, fqdn: hosts.fqdn, state: commandRuns.state },
      attention: commandRuns.attention,
    })
    .from(commandRuns)
    .innerJoin(hosts, eq(hosts.id, commandRuns.hostId));
type StoredSquare = Awaited<ReturnType<typeof selectSquares>>[number];

export const squareList: List<Ctx, RunFilter, StoredSquare, 'attention'> = {
  ...{ select: selectSquares, scope: runList.scope!, conditions: runList.conditions },
  id: { of: ({ hostId }) => hostId },
  orders: { attention: byText(commandRuns.hostId, commandRuns.attention, ({ attention }) => attention) },
};

/**
 * The same in few words. It does not ask whether the caller may see the command: of one they may not, there are none.
 */
export async function listSquares(ctx: Asking, { commandId, cursor, limit, ...filter }: z.infer<typeof squareQuery>) {
  const page = { filter, sort: 'attention', direction: 'asc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(squareList, { ...ctx, commandId }, page);
  return { squares: rows.map(({ hostId, fqdn, state }) => ({ hostId, fqdn, state })), nextCursor };
}

/** One run. Throws `command.run_not_found`, also where its host is none for the caller. */
export async function findRun(ctx: Asking, asked: { commandId: string; hostId: string }): Promise<RunRow> {
  const [run] = await findRunRows(ctx, asked.commandId, [asked.hostId]);
  if (!run) throw new AppError('command.run_not_found');
  return run;
}

/** The runs of these hosts, in no order; those that are not there, or are none for the caller, are left out. */
export async function findRunRows(ctx: Asking, commandId: string, hostIds: string[]): Promise<RunRow[]> {
  const rows = await selectRuns(ctx).where(
    and(hostsWith(ctx, 'commands.read'), eq(commandRuns.commandId, commandId), inArray(commandRuns.hostId, hostIds)),
  );
  return rows.map(runRow);
}

function detailOf(kept: string | null): Pick<RunRow, 'detail' | 'said'> {
  if (kept === null) return { detail: null, said: null };
  const { text, said } = readWords(kept);
  return { detail: text, said };
}

function runRow({ run, fqdn }: Stored): RunRow {
  const at = (instant: Date | null) => instant?.toISOString() ?? null;
  return {
    hostId: run.hostId,
    fqdn,
    state: run.state,
    exitCode: run.exitCode,
    signal: run.signal,
    reason: run.reason,
    ...detailOf(run.detail),
    overruled: run.overruled,
    isCancelRequested: run.cancelRequestedAt !== null,
    deadline: at(run.deadline),
    sentAt: at(run.sentAt),
    receivedAt: at(run.receivedAt),
    startedAt: at(run.startedAt),
    endedAt: at(run.endedAt),
    outputBytes: run.outputBytes,
  };
}
