import { sql } from 'drizzle-orm';
import type { CommandReport, CommandReportAnswer } from '../../../agent/commands/protocol';
import type { Database, Transaction } from '../../../db/client';
import type { EventBus } from '../../events';
import { type Log, logFailure } from '../../log';
import { type GroupCommit, Shed } from '../../process/group-commit';
import type { Dispatch } from '../dispatch';
import { type Folded, type FoldedRun, foldReports, type NewOutput, type Report } from './fold-reports';
import { DEADLINES } from './run-states';
import { tellOfRuns } from './tell-of-runs';

/** Bytes of output that may wait for the database: results are never given up, so more are not taken. */
const MOST_WAITING = 64 * 1024 * 1024;

/** Bytes of output in one statement. */
const A_STATEMENT = 4 * 1024 * 1024;

/** The way in for what machines say of their runs. */
export interface RunReports {
  /** Resolves when it is committed. Rejects with `Shed` when there is no room for it. */
  add(hostId: string, report: CommandReport): Promise<CommandReportAnswer>;
}

interface Making {
  db: Database;
  log: Log;
  events: EventBus;
  writer: GroupCommit;
  commandDispatch: Dispatch;
  /** Bytes that are kept of what a run writes. */
  keptBytes: number;
}

export function createRunReports({ db, log, events, writer, commandDispatch, keptBytes }: Making): RunReports {
  let waiting = 0;
  const reports = writer.lane<Report>({
    worth: 'result',
    async commit(reports) {
      const folded = await db.transaction((tx) => writeReports(tx, reports, keptBytes));
      tell(folded);
      for (const hostId of new Set(reports.map(({ hostId }) => hostId)))
        if (commandDispatch.wasCut(hostId)) events.emit('inbox.changed', { hostId, kind: 'commands' });
    },
    onFailure: (error) => logFailure(log, 'what became of commands was not written; trying again', error),
  });

  function tell({ runs, output }: Folded) {
    for (const { commandId, hostId, offset, stream, bytes } of output) {
      events.emit('command.output', { commandId, hostId, offset, stream, data: bytes.toString('base64') });
    }
    tellOfRuns(
      events,
      runs.map(({ commandId, hostId, state }) => ({ commandId, hostId, state })),
    );
  }

  return {
    async add(hostId, report) {
      const bytes = report.output.reduce((sum, { data }) => sum + data.length, 0);
      if (bytes > 0 && waiting + bytes > MOST_WAITING) throw new Shed('no room');
      waiting += bytes;
      try {
        const row: Report = { hostId, report, at: Date.now(), over: [] };
        await reports.add(row);
        return { over: row.over };
      } finally {
        waiting -= bytes;
      }
    },
  };
}

/** All of them in one transaction. Made twice it changes nothing the second time. */
async function writeReports(tx: Transaction, reports: Report[], keptBytes: number): Promise<Folded> {
  const found = await lockRuns(tx, reports);
  // Tried again after a failure.
  for (const { over } of reports) over.length = 0;
  const before = new Map([...found].map(([key, { state, outputBytes }]) => [key, { state, outputBytes }]));
  const folded = foldReports(reports, (commandId, hostId) => found.get(`${commandId} ${hostId}`));
  for (const part of bySize(folded.output)) await writeOutput(tx, part);
  await forgetMiddle(tx, folded.runs, keptBytes);
  // After what they wrote, which is looked at.
  await writeRuns(tx, folded.runs);
  const isNews = ({ commandId, hostId, state }: FoldedRun) => before.get(`${commandId} ${hostId}`)?.state !== state;
  return { ...folded, runs: folded.runs.filter(isNews) };
}

/** In one order, as all who lock runs do. */
async function lockRuns(tx: Transaction, reports: Report[]): Promise<Map<string, FoldedRun>> {
  const keys = reports.flatMap(({ hostId, report }) =>
    [...report.updates, ...report.output].map(({ runId }) => ({ hostId, runId })),
  );
  const { rows } = await tx.execute<FoldedRun & Record<string, unknown>>(sql`
    select run.command_id as "commandId", run.host_id as "hostId", run.state, run.overruled,
      run.exit_code::float8 as "exitCode", run.signal, run.reason, run.detail, run.output_bytes::float8 as "outputBytes",
      (extract(epoch from run.received_at) * 1000)::float8 as "receivedAt",
      (extract(epoch from run.started_at) * 1000)::float8 as "startedAt",
      (extract(epoch from run.ended_at) * 1000)::float8 as "endedAt"
    from command_run as run
    join (select distinct * from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k("hostId" uuid, "runId" uuid)) as asked
      on asked."runId" = run.command_id and asked."hostId" = run.host_id
    order by run.command_id, run.host_id for update of run`);
  return new Map(rows.map((run) => [`${run.commandId} ${run.hostId}`, run]));
}

async function writeRuns(tx: Transaction, runs: FoldedRun[]): Promise<void> {
  if (runs.length === 0) return;
  const instant = (name: string) => sql.raw(`to_timestamp(said."${name}" / 1000)`);
  await tx.execute(sql`
    update command_run set state = said.state, overruled = said.overruled, exit_code = said."exitCode",
      signal = said.signal, reason = said.reason, detail = said.detail, output_bytes = said."outputBytes",
      -- Once, when it ends: of output that comes after our guess that it is over, it is taken when the machine says so.
      output_digest = case when said.state <> command_run.state and said."endedAt" is not null and (said."startedAt" is not null or said."outputBytes" > 0)
        then sha256(case when said."outputBytes" = 0 then ''::bytea else (
          select string_agg(bytes, ''::bytea order by "offset") from command_output as kept
          where kept.command_id = said."commandId" and kept.host_id = said."hostId") end) end,
      received_at = ${instant('receivedAt')}, started_at = ${instant('startedAt')}, ended_at = ${instant('endedAt')},
      -- A deadline is of its state: whoever goes on saying the same does not get more time.
      deadline = case when said.state = command_run.state then command_run.deadline
        when said.state = 'received' then ${DEADLINES.received} when said.state = 'running' then ${DEADLINES.running} end
    from jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) as said("commandId" uuid, "hostId" uuid, state text,
      overruled text, "exitCode" bigint, signal text, reason text, detail text, "outputBytes" bigint,
      "receivedAt" float8, "startedAt" float8, "endedAt" float8)
    join command on command.id = said."commandId"
    where command_run.command_id = said."commandId" and command_run.host_id = said."hostId"`);
}

async function writeOutput(tx: Transaction, output: NewOutput[]): Promise<void> {
  const rows = output.map(({ bytes, ...piece }) => ({ ...piece, data: bytes.toString('base64') }));
  await tx.execute(sql`
    insert into command_output (command_id, host_id, "offset", stream, bytes)
    select said."commandId", said."hostId", said."offset", said.stream, decode(said.data, 'base64')
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as said("commandId" uuid, "hostId" uuid, "offset" bigint, stream text, data text)
    on conflict do nothing`);
}

/** Of what is too much the middle goes: the first and the last half of the bound stay, to a piece. */
async function forgetMiddle(tx: Transaction, runs: FoldedRun[], keptBytes: number): Promise<void> {
  const long = runs
    .filter(({ outputBytes }) => outputBytes > keptBytes)
    .map(({ commandId, hostId, outputBytes }) => ({ commandId, hostId, until: outputBytes - keptBytes / 2 }));
  if (long.length === 0) return;
  await tx.execute(sql`
    delete from command_output using jsonb_to_recordset(${JSON.stringify(long)}::jsonb)
      as long("commandId" uuid, "hostId" uuid, until float8)
    where command_output.command_id = long."commandId" and command_output.host_id = long."hostId"
      and command_output."offset" >= ${keptBytes / 2}::float8
      and command_output."offset" + length(command_output.bytes) <= long.until`);
}

/** Parts of a few megabytes, in their order. */
function* bySize(output: NewOutput[]): Generator<NewOutput[]> {
  let part: NewOutput[] = [];
  let bytes = 0;
  for (const piece of output) {
    if (part.length > 0 && bytes + piece.bytes.length > A_STATEMENT) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(piece);
    bytes += piece.bytes.length;
  }
  if (part.length > 0) yield part;
}
