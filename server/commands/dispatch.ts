import { inArray, sql } from 'drizzle-orm';
import { COMMANDS_PER_ITEM, type DueRun } from '../../agent/commands/protocol';
import type { Database } from '../../db/client';
import { commands } from '../../db/schema';
import type { EventBus } from '../events';
import { type Log, logFailure } from '../log';
import { askTogether } from './ask-together';
import { DEADLINES, DUE, mayBecome, SECRET_LOST } from './runs/run-states';
import type { SecretParameters } from './secret-parameters';
import { tellOfRuns } from './runs/tell-of-runs';
import { whyNot } from './why-not';

/** What connected hosts are to be told of commands. Asked by many at once it is one question to the database. */
export interface Dispatch {
  /** The runs that this host has not answered yet, as far as they fit. From now on they are `sent`. */
  due(hostId: string): Promise<DueRun[] | undefined>;
  /** Those of its runs that somebody has cancelled and that are not over. */
  cancelled(hostId: string): Promise<string[] | undefined>;
  /** Whether more is due than it was told last. */
  wasCut(hostId: string): boolean;
}

const MOST_CANCELLED = 500;

interface Content {
  run: DueRun;
  bytes: number;
}

interface Open {
  hostId: string;
  commandId: string;
  isSent: boolean;
  /** Why its host cannot run it, or cannot be told it again; and what that is about. */
  why: [reason: string, detail: string | null] | null;
}

/** One more than is told, to know whether there is more. */
const MOST_DUE = COMMANDS_PER_ITEM.runs + 1;

export function createDispatch({
  db,
  log,
  events,
  secretParameters,
}: {
  db: Database;
  log: Log;
  events: EventBus;
  secretParameters: SecretParameters;
}): Dispatch {
  const cut = new Set<string>();

  async function findDue(hostIds: string[]): Promise<ReadonlyMap<string, DueRun[]>> {
    const { rows: open } = await db.execute<Open & Record<string, unknown>>(sql`
      select run.host_id as "hostId", run.command_id as "commandId", run.state = 'sent' as "isSent",
        case when run.state = 'queued' then ${whyNot(commands)} end as why
      from unnest(${sql.param(hostIds)}::uuid[]) as asked(host_id)
      -- Who has not said what it can run is told nothing.
      join host_ability on host_ability.host_id = asked.host_id
      cross join lateral (
        select host_id, command_id, state from command_run
        where command_run.host_id = asked.host_id and deadline > now() and ${DUE}
          and cancel_requested_at is null
        order by command_id limit ${MOST_DUE}) as run
      join command on command.id = run.command_id
      order by run.command_id`);
    for (const hostId of hostIds) cut.delete(hostId);
    if (open.length === 0) return new Map();
    const content = await findCommands([...new Set(open.map(({ commandId }) => commandId))]);
    for (const run of open) if (content.get(run.commandId) === null) run.why ??= [SECRET_LOST, null];
    const chosen = [...groupBy(open, ({ hostId }) => hostId)].flatMap(([hostId, runs]) => {
      // One that is forgotten meanwhile has none, either.
      const able = runs.filter(({ commandId, why }) => why === null && content.get(commandId));
      const fitting = fit(able, content);
      if (fitting.length < able.length) cut.add(hostId);
      return fitting;
    });
    const refused = open.filter(({ why }) => why !== null);
    const sent = await judge([...chosen.filter(({ isSent }) => !isSent), ...refused]);
    // There may be more behind those that are over now.
    const isLong = (hostId: string) => open.filter((run) => run.hostId === hostId).length === MOST_DUE;
    for (const hostId of new Set(refused.map((run) => run.hostId)))
      if (isLong(hostId)) events.emit('inbox.changed', { hostId, kind: 'commands' });
    const told = chosen.filter((run) => run.isSent || sent.has(keyOf(run)));
    return new Map(
      [...groupBy(told, ({ hostId }) => hostId)].map(([hostId, runs]) => [
        hostId,
        runs.map(({ commandId }) => content.get(commandId)!.run),
      ]),
    );
  }

  async function findCommands(ids: string[]) {
    const rows = await db
      .select({
        id: commands.id,
        kind: commands.kind,
        parameters: commands.parameters,
        timeoutSeconds: commands.timeoutSeconds,
        expiresInSeconds: sql<number>`greatest(0, extract(epoch from ${commands.expiresAt} - now()))::float8`,
      })
      .from(commands)
      .where(inArray(commands.id, ids));
    return new Map<string, Content | null>(
      rows.map(({ id, kind, parameters, ...times }) => {
        const opened = openOne(id, parameters);
        if (!opened) return [id, null];
        const command = { kind, ...opened } as DueRun['command'];
        return [id, { run: { runId: id, command, ...times }, bytes: Buffer.byteLength(JSON.stringify(command)) }];
      }),
    );
  }

  /** Null where the secret is another one since: of many that are asked for together, the others are told. */
  function openOne(id: string, parameters: Record<string, unknown>): Record<string, unknown> | null {
    try {
      return secretParameters.open(id, parameters);
    } catch (error) {
      logFailure(log, `the secret of command ${id} cannot be opened, and it is told to nobody`, error);
      return null;
    }
  }

  /**
   * Makes them `sent` before they are told, or a machine might have what its row says nobody was told. Where there is a
   * reason they are `rejected`; what was `sent` is `unknown` then: its machine may be at it, and says so. Left as they
   * are, those that cannot be told again would stand before all others until their deadline. Whoever cancels is first
   * or later.
   * @returns the keys of those that are `sent`
   */
  async function judge(runs: Open[]): Promise<ReadonlySet<string>> {
    if (runs.length === 0) return new Set();
    const { rows } = await db.execute<{
      hostId: string;
      commandId: string;
      state: 'sent' | 'rejected' | 'unknown';
    }>(sql`
      with locked as (
        select command_run.command_id, command_run.host_id, judged.why[1] as reason, judged.why[2] as detail from command_run
        join jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) as judged("commandId" uuid, "hostId" uuid, why text[])
          on judged."commandId" = command_run.command_id and judged."hostId" = command_run.host_id
        where command_run.state = 'queued' and ${mayBecome('sent')} and ${mayBecome('rejected')}
          or command_run.state = 'sent' and judged.why is not null and ${mayBecome('unknown')}
        order by command_run.command_id, command_run.host_id for update of command_run)
      update command_run set reason = locked.reason, detail = locked.detail,
        state = case when locked.reason is null then 'sent' when command_run.state = 'sent' then 'unknown' else 'rejected' end,
        sent_at = case when locked.reason is null then now() else command_run.sent_at end,
        deadline = case when locked.reason is null then ${DEADLINES.sent} end,
        ended_at = case when locked.reason is not null then now() end
      from locked join command on command.id = locked.command_id
      where command_run.command_id = locked.command_id and command_run.host_id = locked.host_id
      returning command_run.host_id as "hostId", command_run.command_id as "commandId", command_run.state`);
    tellOfRuns(events, rows);
    return new Set(rows.filter(({ state }) => state === 'sent').map(keyOf));
  }

  async function findCancelled(hostIds: string[]): Promise<ReadonlyMap<string, string[]>> {
    const { rows } = await db.execute<{ hostId: string; commandId: string }>(sql`
      select run.host_id as "hostId", run.command_id as "commandId"
      from unnest(${sql.param(hostIds)}::uuid[]) as asked(host_id) cross join lateral (
        select host_id, command_id from command_run
        where command_run.host_id = asked.host_id and deadline is not null and cancel_requested_at is not null
        order by command_id limit ${MOST_CANCELLED}) as run`);
    return new Map(
      [...groupBy(rows, ({ hostId }) => hostId)].map(([hostId, runs]) => [hostId, runs.map((run) => run.commandId)]),
    );
  }

  return { due: askTogether(findDue), cancelled: askTogether(findCancelled), wasCut: (hostId) => cut.has(hostId) };
}

/** Those at the front that one message may hold; one at least. */
function fit(runs: Open[], content: ReadonlyMap<string, Content | null>): Open[] {
  let bytes = 0;
  const end = runs.findIndex(({ commandId }, at) => {
    bytes += content.get(commandId)!.bytes;
    return at === COMMANDS_PER_ITEM.runs || (at > 0 && bytes > COMMANDS_PER_ITEM.bytes);
  });
  return end < 0 ? runs : runs.slice(0, end);
}

const keyOf = ({ commandId, hostId }: { commandId: string; hostId: string }) => `${commandId} ${hostId}`;

function groupBy<One>(all: readonly One[], keyOf: (one: One) => string): Map<string, One[]> {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
