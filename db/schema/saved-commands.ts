import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { fleets, lowerName } from './fleets';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What is left open in a saved command: server/saved-commands/saved-command-schema.ts says what may stand in it. */
export interface StoredPlaceholder {
  name: string;
  label: string;
  type: 'text' | 'number' | 'choice' | 'secret';
  isRequired: boolean;
  default: string | number | null;
  min: number | null;
  max: number | null;
  choices: string[];
}

/** Commands that are kept under a name, to be sent again by whoever may. */
export const savedCommands = pgTable(
  'saved_command',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    name: text().notNull(),
    description: text().notNull().default(''),
    kind: text().notNull(),
    /** Of the kind, with placeholders in them. Values that are secret are encrypted, bound to the id. */
    parameters: jsonb().$type<Record<string, unknown>>().notNull(),
    placeholders: jsonb().$type<StoredPlaceholder[]>().notNull().default([]),
    /**
     * The permission that it takes on a host. A script takes no other here: that is what one is saved for. `named`: who
     * is named in `saved_command_runner` may run it, and has `commands.runNamed` there.
     */
    runBy: text('run_by', { enum: ['commands.run', 'commands.shell', 'named'] }).notNull(),
    /** One more with each change. */
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** E-mails, kept as text so that they outlive the accounts. */
    createdBy: text('created_by').notNull(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    updatedBy: text('updated_by').notNull(),
  },
  (saved) => [
    uniqueIndex('saved_command_name_unique').on(lowerName(saved.name)),
    index('saved_command_by_name').on(lowerName(saved.name), saved.id),
  ],
);

/**
 * Who may run a saved command that is for named ones: a person, or who has a role, on all of their hosts or on those of
 * one fleet. What it names and is deleted takes the row with it: nobody may more by that.
 */
export const savedCommandRunners = pgTable(
  'saved_command_runner',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    savedCommandId: uuid('saved_command_id')
      .notNull()
      .references(() => savedCommands.id, { onDelete: 'cascade' }),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    role: text({ enum: ['runner', 'operator', 'administrator'] }),
    fleetId: uuid('fleet_id').references(() => fleets.id, { onDelete: 'cascade' }),
  },
  (runner) => [
    // Nulls are not alike to an index of the oldest PostgreSQL that we run on.
    uniqueIndex('saved_command_runner_once').on(
      runner.savedCommandId,
      sql`coalesce(user_id::text, role)`,
      sql`coalesce(fleet_id::text, '')`,
    ),
    index('saved_command_runner_user').on(runner.userId),
    index('saved_command_runner_fleet').on(runner.fleetId),
    check('saved_command_runner_is_one', sql`num_nonnulls(user_id, role) = 1`),
    check('saved_command_runner_role', sql`role in ('runner', 'operator', 'administrator')`),
  ],
);
