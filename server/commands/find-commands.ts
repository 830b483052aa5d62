import { and, count, eq, exists, inArray, isNotNull, not, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, Transaction } from '../../db/client';
import { commandRuns, commands, hosts } from '../../db/schema';
import { AppError } from '../errors';
import { inFleet } from '../hosts/find-hosts';
import { type Asker, hostsWith, SERVER_ITSELF } from '../hosts/visible-hosts';
import { byId } from '../list/keyset';
import { cut, type List, readPage } from '../list/list';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import { COMMAND_KINDS, type CommandRow, type RunCounts } from './command-schema';
import { RUN_STATES } from './runs/run-states';
import { withoutSecrets } from './secret-parameters';

export const commandFilter = z.object({
  kind: z.enum(COMMAND_KINDS).optional(),
  author: storableText(254)
    .trim()
    .meta({ description: 'Whose, by e-mail.', examples: ['operator@example.com'] })
    .optional(),
  show: z.enum(['all', 'open', 'over']).default('all').meta({ description: '`open`: not over on every host.' }),
  hostId: z.uuid().optional().meta({ description: 'Those that were sent to this host.' }),
  fleetId: z.uuid().optional().meta({ description: 'Those that were sent to a host that is in this fleet now.' }),
  savedCommandId: z.uuid().optional().meta({ description: 'Those that were made of this saved command.' }),
});
type CommandFilter = z.infer<typeof commandFilter>;

export const commandQuery = commandFilter.extend(cut());
export type CommandQuery = z.infer<typeof commandQuery>;

type Ctx = Pick<Services, 'db'> & Asker;
type Stored = typeof commands.$inferSelect;

const selectCommands = ({ db }: Pick<Ctx, 'db'>) => db.select().from(commands);

/** Whether there is such a run of the command. */
const hasRun = (db: Database | Transaction, run: SQL | undefined) =>
  exists(
    db
      .select({ one: sql`1` })
      .from(commandRuns)
      .innerJoin(hosts, eq(hosts.id, commandRuns.hostId))
      .where(and(eq(commandRuns.commandId, commands.id), run)),
  );

/** A command is seen by whoever sees one of its runs at least. */
export function visibleCommands(db: Database | Transaction, asker: Asker): SQL | undefined {
  const mine = hostsWith(asker, 'commands.read');
  return mine && hasRun(db, mine);
}

export const commandList: List<Ctx, CommandFilter, Stored, 'sent'> = {
  select: selectCommands,
  scope: (ctx) => visibleCommands(ctx.db, ctx),
  id: { of: (command) => command.id },
  conditions: ({ kind, author, show, hostId, fleetId, savedCommandId }, ctx) => {
    const mine = hostsWith(ctx, 'commands.read');
    const open = hasRun(ctx.db, and(isNotNull(commandRuns.deadline), mine));
    return [
      kind ? eq(commands.kind, kind) : undefined,
      author ? eq(commands.author, author) : undefined,
      savedCommandId ? eq(commands.savedCommandId, savedCommandId) : undefined,
      show === 'open' ? open : show === 'over' ? not(open) : undefined,
      hostId ? hasRun(ctx.db, and(eq(commandRuns.hostId, hostId), mine)) : undefined,
      fleetId ? hasRun(ctx.db, and(inFleet(ctx, fleetId), mine)) : undefined,
    ];
  },
  orders: { sent: byId(commands.id, ({ id }) => id) },
};

/** One page of commands, the latest first, and where the next one starts. */
export async function listCommands(ctx: Ctx, { cursor, limit, ...filter }: CommandQuery) {
  const page = { filter, sort: 'sent', direction: 'desc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(commandList, ctx, page);
  return { commands: await withCounts(ctx, rows), nextCursor };
}

/** One command. Throws `command.not_found`, also where none of its runs is for the caller. */
export async function findCommand(ctx: Ctx, commandId: string): Promise<CommandRow> {
  const [command] = await findCommandRows(ctx, [commandId]);
  if (!command) throw new AppError('command.not_found');
  return command;
}

/**
 * One command, for who has just sent it: all of it is what they said, and how many hosts it went to. An API key that
 * may send and not read would otherwise hear that there is none, and send it again.
 */
export const findSentCommand = ({ db }: Pick<Ctx, 'db'>, commandId: string): Promise<CommandRow> =>
  findCommand({ db, ...SERVER_ITSELF }, commandId);

/** These commands, in no order; those that are gone, or are none for the caller, are left out. */
export async function findCommandRows(ctx: Ctx, ids: readonly string[]): Promise<CommandRow[]> {
  const rows = await selectCommands(ctx).where(and(inArray(commands.id, [...ids]), visibleCommands(ctx.db, ctx)));
  return withCounts(ctx, rows);
}

/** Whether it is there, for the caller. */
export async function isCommandVisible(db: Database | Transaction, asker: Asker, commandId: string): Promise<boolean> {
  const where = and(eq(commands.id, commandId), visibleCommands(db, asker));
  return (await db.select({ id: commands.id }).from(commands).where(where)).length > 0;
}

async function withCounts(ctx: Ctx, rows: Stored[]): Promise<CommandRow[]> {
  const mine = hostsWith(ctx, 'commands.read');
  const ids = rows.map(({ id }) => id);
  const of = ctx.db
    .select({ commandId: commandRuns.commandId, state: commandRuns.state, count: count() })
    .from(commandRuns)
    .$dynamic();
  const counted = await (mine ? of.innerJoin(hosts, eq(hosts.id, commandRuns.hostId)) : of)
    .where(and(inArray(commandRuns.commandId, ids), mine))
    .groupBy(commandRuns.commandId, commandRuns.state);
  const counts = new Map(ids.map((id) => [id, noRuns()]));
  for (const { commandId, state, count } of counted) counts.get(commandId)![state] = count;
  return rows.map(({ savedCommandId, savedCommandName, ...row }) => ({
    ...row,
    savedCommand: savedCommandName === null ? null : { id: savedCommandId, name: savedCommandName },
    parameters: withoutSecrets(row.parameters),
    // They may name hosts that the caller does not know of.
    targets: mine ? null : row.targets,
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    counts: counts.get(row.id)!,
  }));
}

const noRuns = () => Object.fromEntries(RUN_STATES.map((state) => [state, 0])) as RunCounts;
