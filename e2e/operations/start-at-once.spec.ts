import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import pg from 'pg';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { LOCKS } from '../../db/with-lock';
import { expect, test } from '../fixtures';
import { startServer } from '../start-server';

test('two servers that start at once on an empty folder make one CA, one secret and one setup link', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sysmanage-e2e-at-once-'));
  const postgresql = await startTestPostgresql();
  const database = new pg.Client({ connectionString: postgresql.url });
  await database.connect();
  try {
    // Which of two starts is first is chance, so both are held where the first would begin to make things.
    await database.query('select pg_advisory_lock($1)', [LOCKS.start]);
    const starting = [1, 2].map(() => startServer({ dataDir, env: { DATABASE_URL: postgresql.url } }));
    const waiting = async () => {
      const { rows } = await database.query<{ count: number }>(
        `select count(*)::int from pg_locks
         where locktype = 'advisory' and not granted and (classid::bigint << 32 | objid::bigint) = $1`,
        [LOCKS.start],
      );
      return rows[0]!.count;
    };
    await expect.poll(waiting, { timeout: 60_000 }).toBe(2);
    expect(readdirSync(dataDir)).toEqual([]);
    await database.query('select pg_advisory_unlock($1)', [LOCKS.start]);

    const servers = await Promise.all(starting);
    const ca = readFileSync(join(dataDir, 'certs', 'ca.crt'));
    for (const { agentsUrl } of servers) {
      const { hostname, port } = new URL(agentsUrl);
      const socket = connect({ host: hostname, port: Number(port), ca });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      socket.destroy();
    }
    // It is made of the secret.
    const links = await Promise.all(servers.map((server) => server.setupUrl()));
    expect(new Set(links.map((link) => new URL(link).search)).size).toBe(1);
    for (const link of links) expect((await fetch(link)).status).toBe(200);
    for (const server of servers) expect(await server.stop()).toBe(0);
  } finally {
    await database.end();
    await postgresql.stop();
    rmSync(dataDir, { recursive: true });
  }
});
