import { parseArgs } from 'node:util';
import { openDatabase, type OpenDatabase } from './client';
import { DatabaseOpenError } from './errors';
import { listMigrations, migrateDown, migrateUp } from './migrate';

const HELP = `Usage: npm run db -- COMMAND [--url postgres://…] [--directory DIR]
  migrate        apply every migration that is missing
  rollback [N]   take back the last N migrations (1)
  status         list migrations and whether they are applied
Without --url: DATABASE_URL, else the embedded database in --directory, SYSMANAGE_DATA_DIR or ./data.`;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string' }, directory: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  const [command, count] = positionals;
  const steps = Number(count ?? 1);
  const isKnown = command && ['migrate', 'rollback', 'status'].includes(command) && Number.isInteger(steps) && steps > 0;
  if (values.help || !isKnown) {
    console.log(HELP);
    return values.help ? 0 : 64; // EX_USAGE of sysexits.h
  }
  const database = await openDatabase({
    url: values.url ?? process.env.DATABASE_URL,
    directory: values.directory ?? process.env.SYSMANAGE_DATA_DIR ?? './data',
  });
  try {
    await execute(database, command, steps);
    return 0;
  } finally {
    await database.close();
  }
}

async function execute(database: OpenDatabase, command: string, steps: number): Promise<void> {
  if (command === 'migrate') await migrateUp(database);
  if (command === 'rollback') for (const name of await migrateDown(database, steps)) console.log(`took back ${name}`);
  for (const { name, applied } of await listMigrations(database.db)) console.log(`${applied ? 'applied' : 'missing'}  ${name}`);
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // A wrong flag or a database that is not there is the user's to mend; a stack trace would hide the one line that says how.
  const isExpected = error instanceof DatabaseOpenError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
