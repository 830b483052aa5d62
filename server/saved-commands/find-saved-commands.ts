import { eq, getTableColumns, ilike } from 'drizzle-orm';
import { z } from 'zod';
import { lowerName, savedCommands } from '../../db/schema';
import { withoutSecrets } from '../commands/secret-parameters';
import { AppError } from '../errors';
import { byLowerText, containing } from '../list/keyset';
import { type List, paging, readCountedPage } from '../list/list';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import type { ListedSavedCommand, SavedCommandRow } from './saved-command-schema';

const filter = z.object({
  search: storableText(100)
    .trim()
    .meta({ examples: ['shop'] })
    .optional(),
});
export const savedCommandQuery = filter.extend(paging(['name']));

type Ctx = Pick<Services, 'db'>;
type Stored = typeof savedCommands.$inferSelect;

// Scripts are long, and no list shows them.
const { parameters: _parameters, placeholders: _placeholders, ...columns } = getTableColumns(savedCommands);

const savedCommandList: List<Ctx, z.infer<typeof filter>, Omit<Stored, 'parameters' | 'placeholders'>, 'name'> = {
  select: ({ db }) => db.select(columns).from(savedCommands),
  id: { of: ({ id }) => id },
  conditions: ({ search }) => [search ? ilike(savedCommands.name, containing(search)) : undefined],
  orders: { name: byLowerText(savedCommands.id, savedCommands.name, ({ name }) => name, lowerName) },
};

/** One page of saved commands. Whoever may see commands may see them all: what they do is no secret, nor whose. */
export async function listSavedCommands(
  ctx: Ctx,
  { sort, direction, cursor, limit, ...filter }: z.infer<typeof savedCommandQuery>,
) {
  const { rows, ...page } = await readCountedPage(savedCommandList, ctx, { filter, sort, direction, cursor, limit });
  return { savedCommands: rows.map(listedRow), ...page };
}

/** One, without the values of its secret variables. Throws `saved_command.not_found`. */
export async function findSavedCommand({ db }: Ctx, savedCommandId: string): Promise<SavedCommandRow> {
  const [row] = await db.select().from(savedCommands).where(eq(savedCommands.id, savedCommandId));
  if (!row) throw new AppError('saved_command.not_found');
  return { ...listedRow(row), parameters: withoutSecrets(row.parameters), placeholders: row.placeholders };
}

const listedRow = (row: Omit<Stored, 'parameters' | 'placeholders'>): ListedSavedCommand => ({
  ...{ id: row.id, name: row.name, description: row.description, kind: row.kind, runBy: row.runBy },
  ...{ version: row.version, createdBy: row.createdBy, updatedBy: row.updatedBy },
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
