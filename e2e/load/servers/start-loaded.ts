import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestPostgresql } from '../../../db/testing-postgresql';
import { ADMIN_ENVIRONMENT, startServer, UNLIMITED_HANDSHAKES } from '../../start-server';
import { seedAgents } from '../agents/seed-agents';

interface Wanted {
  agents: number;
  database: 'postgresql' | 'pglite';
  heartbeatSeconds: number;
  /** What has to be done in the end, the last first; it is filled as things start, for when one of them does not. */
  stops: (() => unknown)[];
}

/**
 * The built server with so many approved agents that have not connected yet, on data of its own.
 * `SERVER_NODE_OPTIONS` are Node's for the server alone, as `--import` of what profiles it.
 */
export async function startLoaded({ agents: count, database, heartbeatSeconds, stops }: Wanted) {
  const dataDir = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
  stops.push(() => rm(dataDir, { recursive: true }));
  const postgresql = database === 'postgresql' ? await startTestPostgresql() : undefined;
  if (postgresql) stops.push(() => postgresql.stop());
  const { ca, agents } = await seedAgents({ dataDir, url: postgresql?.url, count });
  const { SERVER_NODE_OPTIONS } = process.env;
  const server = await startServer({
    dataDir,
    env: {
      ...ADMIN_ENVIRONMENT,
      ...UNLIMITED_HANDSHAKES,
      ...(postgresql && { DATABASE_URL: postgresql.url }),
      SYSMANAGE_LOG_LEVEL: 'error',
      SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: String(heartbeatSeconds),
      ...(SERVER_NODE_OPTIONS && { NODE_OPTIONS: SERVER_NODE_OPTIONS }),
    },
  });
  stops.push(() => server.stop());
  return { server, ca, agents, databaseUrl: postgresql?.url, agentsPort: Number(new URL(server.agentsUrl).port) };
}
