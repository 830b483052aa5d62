import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from './open-database';
import { migrateUp } from './migrate';
import { startPGlite } from './open-pglite';
import { databaseUrl, execute, startTestPostgresql } from './testing-postgresql';

/** Vitest calls this once a run for each of the two database projects. A failure here fails the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return project.name === 'postgresql' ? setupPostgresql(project) : setupPGlite(project);
}

async function setupPGlite(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-pglite-'));
  const dump = join(folder, 'template.tar');
  const database = await startPGlite({});
  await migrateUp(database);
  await writeFile(dump, Buffer.from(await (await database.client.dumpDataDir('none')).arrayBuffer()));
  await database.close();
  project.provide('template', { kind: 'pglite', dump });
  return () => rm(folder, { recursive: true, force: true });
}

async function setupPostgresql(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestPostgresql();
  try {
    const name = 'template_migrated';
    await execute(server.url, `create database ${name}`);
    const database = await openDatabase({ url: databaseUrl(server.url, name), directory: '' });
    await migrateUp(database);
    // PostgreSQL clones only a database that nobody is connected to.
    await database.close();
    project.provide('template', { kind: 'postgresql', server: server.url, name });
    return server.stop;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
