import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, request, type APIRequestContext } from '@playwright/test';
import { cloneDatabase } from '../db/testing-postgresql';
import { readTemplate } from './make-template';
import { ask, call } from './people';
import { ADMIN, startServer, type Server } from './start-server';

/** A server that journeys use one after the other, on data of its own. */
export interface SharedServer {
  server: Server;
  dataDir: string;
  databaseUrl: string;
  /** The administrator's session, signed in anew if the journey before has ended it. */
  administrator: () => Promise<APIRequestContext>;
  /** Ends what a journey has left: hosts, fleets, other users and API keys, by the server's own acts. */
  forget: () => Promise<void>;
  stop: () => Promise<void>;
}

export const temporary = (name: string) => mkdtemp(join(tmpdir(), `sysmanage-e2e-${name}-`));

/** Starts one. It has an administrator and PostgreSQL, and nothing else is set. */
export async function startSharedServer(): Promise<SharedServer> {
  const template = readTemplate();
  const dataDir = await temporary('data');
  await cp(template.dataDir, dataDir, { recursive: true });
  const database = await cloneDatabase(template.postgresql, template.database);
  const server = await startServer({ dataDir, env: { DATABASE_URL: database.url } });
  const session = await request.newContext();

  async function administrator() {
    if (!(await ask<object | null>(session, server, 'users.me', {})))
      await call(session, server, 'users.signIn', ADMIN);
    return session;
  }

  return {
    server,
    dataDir,
    databaseUrl: database.url,
    administrator,
    forget: async () => forgetAll(await administrator(), server),
    async stop() {
      await session.dispose();
      expect(await server.stop(), `the shared server stops cleanly:\n${server.output()}`).toBe(0);
      await database.drop();
      await rm(dataDir, { recursive: true });
    },
  };
}

const MOST = { limit: 200 };

/** A journey that leaves more than a page has a server of its own. */
async function forgetAll(administrator: APIRequestContext, server: Server): Promise<void> {
  const { hosts } = await ask<{ hosts: { id: string }[] }>(administrator, server, 'hosts.list', MOST);
  for (const { id } of hosts) await call(administrator, server, 'hosts.delete', { hostId: id });
  const { fleets } = await ask<{ fleets: { id: string }[] }>(administrator, server, 'fleets.list', MOST);
  for (const { id } of fleets) await call(administrator, server, 'fleets.delete', { fleetId: id });
  const { users } = await ask<{ users: { id: string; email: string }[] }>(administrator, server, 'users.list', MOST);
  for (const { id, email } of users)
    if (email !== ADMIN.email) await call(administrator, server, 'users.delete', { userId: id });
  const keys = await ask<{ id: string; state: string }[]>(administrator, server, 'apiKeys.list', {});
  for (const { id, state } of keys)
    if (state === 'active') await call(administrator, server, 'apiKeys.revoke', { keyId: id });
}
