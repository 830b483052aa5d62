import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '../db/migrate';
import { openDatabase } from '../db/open-database';
import { databaseUrl, execute, startTestPostgresql } from '../db/testing-postgresql';
import { ADMIN_ENVIRONMENT, startServer } from './start-server';

/** What a journey's server is a copy of: it has an administrator, whom making anew takes seconds. */
export interface Template {
  /**
   * A throw-away PostgreSQL, and the names of two databases in it: with an administrator, and with the tables alone.
   */
  postgresql: string;
  database: string;
  empty: string;
  /** The data directory that goes with it. */
  dataDir: string;
}

/** Playwright calls this once a run, before its workers, which find the template in their environment. */
export default async function makeTemplate(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sysmanage-e2e-template-'));
  const postgresql = await startTestPostgresql();
  const clean = async () => {
    await postgresql.stop();
    await rm(dataDir, { recursive: true });
  };
  try {
    const template: Template = {
      postgresql: postgresql.url,
      database: 'template_administrator',
      empty: 'template_empty',
      dataDir,
    };
    await execute(template.postgresql, `create database ${template.empty}`);
    const migrated = await openDatabase({ url: databaseUrl(template.postgresql, template.empty), directory: '' });
    await migrateUp(migrated);
    // PostgreSQL clones only a database that nobody is connected to.
    await migrated.close();
    await execute(template.postgresql, `create database ${template.database} template ${template.empty}`);
    const url = databaseUrl(template.postgresql, template.database);
    const server = await startServer({ dataDir, env: { ...ADMIN_ENVIRONMENT, DATABASE_URL: url } });
    if ((await server.stop()) !== 0) throw new Error(`the server did not stop well:\n${server.output()}`);
    process.env.E2E_TEMPLATE = JSON.stringify(template);
    return clean;
  } catch (error) {
    await clean();
    throw error;
  }
}

export const readTemplate = () => JSON.parse(process.env.E2E_TEMPLATE ?? '') as Template;
