import { and, eq, getTableColumns, ilike } from 'drizzle-orm';
import { z } from 'zod';
import { lowerName, savedCommands } from '../../db/schema';
import { withoutSecrets } from '../commands/secret-parameters';
import { mayAnywhere } from '../auth/permissions';
import { AppError } from '../errors';
import { byLowerText, containing } from '../list/keyset';
import { type List, paging, readCountedPage } from '../list/list';
import { storableText } from '../storable-text';
import type { SignedIn } from '../trpc';
import { namedIn, visibleSaved } from './named-hosts';
import type { ListedSavedCommand, SavedCommandRow } from './saved-command-schema';

export const savedCommandFilter = z.object({
  search: storableText(100)
    .trim()
    .meta({ examples: ['shop'] })
    .optional(),
});
export const savedCommandQuery = savedCommandFilter.extend(paging(['name']));

type Stored = typeof savedCommands.$inferSelect;

// Scripts are long, and no list shows them.
const { parameters: _parameters, placeholders: _placeholders, ...columns } = getTableColumns(savedCommands);

export const savedCommandList: List<
  SignedIn,
  z.infer<typeof savedCommandFilter>,
  Omit<Stored, 'parameters' | 'placeholders'>,
  'name'
> = {
  select: ({ db }) => db.select(columns).from(savedCommands),
  scope: (ctx) => visibleSaved(ctx.db, ctx),
  id: { of: ({ id }) => id },
  conditions: ({ search }) => [search ? ilike(savedCommands.name, containing(search)) : undefined],
  orders: { name: byLowerText(savedCommands.id, savedCommands.name, ({ name }) => name, lowerName) },
};

/** One page of saved commands, as far as `visibleSaved`. */
export async function listSavedCommands(
  ctx: SignedIn,
  { sort, direction, cursor, limit, ...filter }: z.infer<typeof savedCommandQuery>,
) {
  const { rows, ...page } = await readCountedPage(savedCommandList, ctx, { filter, sort, direction, cursor, limit });
  const mayRun = await judgeRuns(ctx, rows);
  return { savedCommands: rows.map((row) => listedRow(row, mayRun(row))), ...page };
}

/**
 * One, without the values of its secret variables.
 * @throws `saved_command.not_found`, also where it is none for the caller
 */
export async function findSavedCommand(ctx: SignedIn, savedCommandId: string): Promise<SavedCommandRow> {
  const [row] = await ctx.db
    .select()
    .from(savedCommands)
    .where(and(eq(savedCommands.id, savedCommandId), visibleSaved(ctx.db, ctx)));
  if (!row) throw new AppError('saved_command.not_found');
  const mayRun = await judgeRuns(ctx, [row]);
  return { ...listedRow(row, mayRun(row)), parameters: withoutSecrets(row.parameters), placeholders: row.placeholders };
}

/** Whether the caller may run it somewhere: false of one that is gone, or none for them. */
export async function mayRunSaved(ctx: SignedIn, savedCommandId: string): Promise<boolean> {
  const [row] = await ctx.db.select(columns).from(savedCommands).where(eq(savedCommands.id, savedCommandId));
  return row !== undefined && (await judgeRuns(ctx, [row]))(row);
}

type Judged = Pick<Stored, 'id' | 'runBy'>;

/** Which of them the caller may run somewhere; as `whatToRun` judges when it is sent. */
async function judgeRuns(ctx: SignedIn, rows: readonly Judged[]): Promise<(saved: Judged) => boolean> {
  const { session } = ctx;
  const named = rows.filter(({ runBy }) => runBy === 'named');
  const mine = await namedIn(
    ctx.db,
    ctx,
    named.map(({ id }) => id),
  );
  return ({ id, runBy }) => {
    if (mayAnywhere(session, 'commands.run') && session.permissions.has('commands.shell')) return true;
    return runBy === 'named' ? mine.has(id) : runBy === 'commands.run' && mayAnywhere(session, 'commands.run');
  };
}

const listedRow = (row: Omit<Stored, 'parameters' | 'placeholders'>, mayRun: boolean): ListedSavedCommand => ({
  mayRun,
  ...{ id: row.id, name: row.name, description: row.description, kind: row.kind, runBy: row.runBy },
  ...{ version: row.version, createdBy: row.createdBy, updatedBy: row.updatedBy },
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
