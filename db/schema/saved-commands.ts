import { index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { lowerName } from './fleets';

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
    /** The permission that it takes on a host. A script takes no other here: that is what one is saved for. */
    runBy: text('run_by', { enum: ['commands.run', 'commands.shell'] }).notNull(),
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
