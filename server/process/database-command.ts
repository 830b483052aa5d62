import type { OpenDatabase } from '../../db/client';
import { openDatabase } from '../../db/open-database';
import { listMigrations, migrateDown, migrateUp } from '../../db/migrate';
import { loadConfig } from '../config';
import { CommandError, readFlags } from './command';

const HELP = `Usage: node build/server/sysmanage.js db COMMAND [--config FILE]
  migrate        apply every migration that is missing; the server does so at each start
  rollback [N]   take back the last N migrations (1)
  history        list migrations and whether they are applied
  --config FILE  the server's configuration, as for npm start: it says which database
With the embedded database, stop the server first.`;

/** The steps of the database's schema. @param args a command of those above and its flags; returns the exit code */
export async function databaseCommand(args: string[]): Promise<number> {
  const { values, positionals } = readFlags(args, {
    config: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [command, count = '1', ...more] = positionals;
  const isKnown = command === 'migrate' || command === 'rollback' || command === 'history';
  const steps = Number(count);
  if (!isKnown || more.length > 0 || !Number.isInteger(steps) || steps < 1) {
    throw new CommandError('migrate, rollback [N] or history is needed; --help says more');
  }
  const config = loadConfig(values.config ? ['--config', values.config] : []);
  const database = await openDatabase({ url: config.database_url, directory: config.data_dir });
  try {
    await execute(database, command, steps);
    return 0;
  } finally {
    await database.close();
  }
}

async function execute(
  database: OpenDatabase,
  command: 'migrate' | 'rollback' | 'history',
  steps: number,
): Promise<void> {
  if (command === 'migrate') {
    const { unindexed } = await migrateUp(database);
    if (unindexed) console.error(`searches read every host: PostgreSQL has no pg_trgm for us (${unindexed})`);
  }
  if (command === 'rollback') for (const name of await migrateDown(database, steps)) console.log(`took back ${name}`);
  for (const { name, applied } of await listMigrations(database.db))
    console.log(`${applied ? 'applied' : 'missing'}  ${name}`);
}
