import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, execute, startTestPostgresql } from '../db/testing-postgresql';
import { ADMIN_ENVIRONMENT, startServer } from './start-server';

/** What a journey's server is a copy of: it has an administrator, whom making anew takes seconds. */
export interface Template {
  /** A throw-away PostgreSQL, and the name of the database in it. */
  postgresql: string;
  database: string;
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
    const template: Template = { postgresql: postgresql.url, database: 'template_administrator', dataDir };
    await execute(template.postgresql, `create database ${template.database}`);
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
