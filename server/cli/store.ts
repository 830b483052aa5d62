import type { OpenDatabase } from '../../db/client';
import { findMigrations, refuseNewer } from '../../db/migrate';
import { type AuditTrail, createAuditTrail } from '../audit/trail';
import { type Config, loadConfig } from '../config';
import { createLog, type Log } from '../log';
import { createGroupCommit } from '../process/group-commit';
import { refuseOthers } from '../process/find-owner';
import { openConfigured } from '../process/open-configured';
import { findSecret } from '../process/secret';
import { CommandError } from '../process/command-error';
import { words } from '../../words/words';

/** What the server keeps, for a command beside it. */
export interface Store extends OpenDatabase {
  config: Config;
  secret: string;
}

/**
 * The database as it is, without a server. The embedded one is one process's: while a server runs, this says who has
 * it.
 * @param configArgs for `loadConfig`
 */
export const withDatabase = <Result>(
  configArgs: string[],
  act: (database: OpenDatabase & { config: Config }) => Promise<Result>,
): Promise<Result> => open(loadConfig(configArgs), act);

/** The same where a server has been before, with the secret that it keeps. */
export async function withStore<Result>(configArgs: string[], act: (store: Store) => Promise<Result>): Promise<Result> {
  const config = loadConfig(configArgs);
  const secret = await findSecret(config);
  if (!secret) throw new CommandError(words('server.store.no_secret', { folder: config.data_dir }));
  return open(config, async (database) => {
    const migrations = await findMigrations(database.db);
    refuseNewer(migrations);
    const missing = migrations.known.filter(({ applied }) => !applied).length;
    if (missing === migrations.known.length) throw new CommandError(words('server.store.empty'));
    if (missing > 0) throw new CommandError(words('server.store.behind', { count: missing }));
    return act({ ...database, secret });
  });
}

/**
 * The same for an act, which the audit log has as the system's: whoever is at the server's own files has no account.
 */
export function withTrail<Result>(
  configArgs: string[],
  act: (store: Store & { audit: AuditTrail; log: Log }) => Promise<Result>,
): Promise<Result> {
  return withStore(configArgs, async (store) => {
    // Standard output is for the answer.
    const log = createLog({ level: 'warn', format: 'json' }, process.stderr);
    const audit = createAuditTrail({ db: store.db, log, writer: createGroupCommit(), secret: store.secret });
    try {
      return await act({ ...store, audit, log });
    } finally {
      await audit.stop();
    }
  });
}

async function open<Result>(
  config: Config,
  act: (database: OpenDatabase & { config: Config }) => Promise<Result>,
): Promise<Result> {
  await refuseOthers(config);
  const database = await openConfigured(config);
  try {
    return await act({ ...database, config });
  } finally {
    await database.close();
  }
}
