import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import pg from 'pg';

/** Starts a throw-away PostgreSQL. `url` is its maintenance database; only it may create others. */
export async function startTestPostgresql(): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-test-postgresql.mjs')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  const complaint = text(child.stderr);
  const [url] = await Promise.race([
    once(createInterface(child.stdout), 'line') as Promise<[string]>,
    exited.then(async () => Promise.reject(new Error(`the test PostgreSQL did not start: ${await complaint}`))),
  ]);
  return {
    url,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

/** A copy of a database that nobody is connected to. Drop it with the result. */
export async function cloneDatabase(
  server: string,
  template: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Page by page through the log, as is the default, takes five times as long.
  await execute(server, `create database ${name} template ${template} strategy file_copy`);
  return { url: databaseUrl(server, name), drop: () => execute(server, `drop database ${name} with (force)`) };
}

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

export async function execute(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
