import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { OpenDatabase } from '../../db/client';
import { openDatabase } from '../../db/open-database';
import { type Config, loadConfig } from '../config';
import { explainFailure } from './explain-failure';
import { findSecret } from './secret';

/** EX_USAGE of sysexits.h. */
const EX_USAGE = 64;

/** A command cannot do what it was asked to. The message is one line for a person. */
export class CommandError extends Error {
  override name = 'CommandError';

  /** @param exitCode of sysexits.h; a wrong call when left out */
  constructor(
    message: string,
    readonly exitCode = EX_USAGE,
  ) {
    super(message);
  }
}

/** What the server keeps, for a command beside it. */
export interface Store extends OpenDatabase {
  config: Config;
  secret: string;
}

/**
 * Runs a command: its exit code is the process's, and what goes wrong is a line a matter.
 * @param name as it is called after `sysmanage.js`
 */
export async function runCommand(name: string, run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const { lines, exitCode } = explain(error);
    for (const line of lines) console.error(`${name}: ${line}`);
    process.exitCode = exitCode;
  }
}

/** The flags a command knows, and what else it was given. What it does not know is a wrong call. */
export function readFlags<Options extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: Options) {
  return parseArgs({ args, options, allowPositionals: true });
}

/**
 * The database as it is, without a server. The embedded one is one process's: while a server runs, this says who has
 * it.
 * @param configPath the server's configuration, as for `npm start`
 */
export async function withStore<Result>(
  configPath: string | undefined,
  act: (store: Store) => Promise<Result>,
): Promise<Result> {
  const config = loadConfig(configPath ? ['--config', configPath] : []);
  const secret = await findSecret(config);
  if (!secret)
    throw new CommandError(
      `there is no secret in ${config.data_dir}, so no server has kept anything there; set data_dir or secret_key`,
    );
  const database = await openDatabase({ url: config.database_url, directory: config.data_dir });
  try {
    return await act({ ...database, config, secret });
  } finally {
    await database.close();
  }
}

/** `undefined_table` of PostgreSQL's error codes. */
export const hasNoTable = (error: unknown) => (error as { cause?: { code?: string } }).cause?.code === '42P01';

function explain(error: unknown): { lines: string[]; exitCode: number } {
  if (error instanceof CommandError) return { lines: [error.message], exitCode: error.exitCode };
  if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
    return { lines: [(error as Error).message], exitCode: EX_USAGE };
  if (hasNoTable(error)) return { lines: ['the database is empty: start the server once'], exitCode: EX_USAGE };
  return explainFailure(error);
}
