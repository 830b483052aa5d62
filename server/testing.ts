import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import type { Registration } from '../agent/protocol';
import { roleGrants, users } from '../db/schema';
import { testDatabase } from '../db/testing';
import { type GrantedRole, rightsOf, type Role } from './auth/permissions';
import type { Session } from './auth/session';
import { makeCsr, makeKeys } from './certificates/testing';
import { loadConfig } from './config';
import { createContext } from './context';
import { EVENT_NAMES, type Events, EVERY } from './events';
import { createCaller } from './router';
import { createServices, type Services } from './services';
import { registerTopics } from './topics';
import type { Context } from './context';

type TestServices = Services & {
  /** Of the PostgreSQL database; undefined on PGlite. */
  url?: string;
  /** Every line that was logged, parsed. */
  logged: Record<string, unknown>[];
};

/**
 * The services on a database and in a folder of the test's own; all of it is gone when the test is.
 * @param onQuery told of each statement
 */
export async function testServices(
  environment: Record<string, string> = {},
  onQuery?: () => void,
): Promise<TestServices> {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-'));
  const database = await testDatabase(onQuery);
  const config = loadConfig([], { SYSMANAGE_DATA_DIR: folder, ...environment });
  const logged: TestServices['logged'] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const services = await createServices({ config, log, db: database.db, readsOf: database.readsOf });
  registerTopics(services);
  for (const name of EVENT_NAMES) services.events.listen(name, EVERY, assertPlain);
  onTestFinished(async () => {
    await services.presence.stop();
    await services.audit.stop();
    await services.writer.stop();
    await database.close();
    await rm(folder, { recursive: true });
  });
  return { ...services, url: database.url, logged };
}

/** What would reach another process as something else fails the act that said it. */
function assertPlain(event: Events[keyof Events]): void {
  assert.deepStrictEqual(JSON.parse(JSON.stringify(event)), event, 'an event is not plain JSON');
}

/**
 * The procedures as somebody calls them: nobody in particular on the web listener, unless said otherwise. `signal` ends
 * what streams.
 */
export function callerFor(services: Services, who: Partial<Context> = {}, signal?: AbortSignal) {
  return createCaller({ ...createContext(services, 'web', new IncomingMessage(new Socket())), ...who }, { signal });
}

/** The procedures as a machine without a certificate calls them. */
export const strangerOf = (services: Services) => callerFor(services, { listener: 'api' });

/**
 * The procedures as a signed-in administrator calls them. The account is in the database, without a usable password.
 */
export const administratorOf = (services: Services, email = 'admin@example.com') =>
  personOf(services, 'administrator', email);

/** The procedures as somebody with this role calls them. Likewise. */
export async function personOf(
  services: Services,
  role: Role,
  email = `${role}@example.com`,
  given: Partial<Context> = {},
) {
  const [user] = await services.db.insert(users).values({ email, passwordHash: '-', role }).returning();
  return browserOf(services, user!.id, given);
}

/**
 * The procedures as somebody calls them who has a role on these hosts and fleets, and another everywhere or none.
 * Likewise.
 */
export async function personOn(
  services: Services,
  {
    role,
    hostIds = [],
    fleetIds = [],
    everywhere = 'none',
  }: { role: GrantedRole; hostIds?: string[]; fleetIds?: string[]; everywhere?: Role },
  given: Partial<Context> = {},
) {
  const email = `${role}-on-some-${fleetIds.length > 0 ? 'fleets' : 'hosts'}@example.com`;
  const [user] = await services.db.insert(users).values({ email, passwordHash: '-', role: everywhere }).returning();
  const on = [...hostIds.map((hostId) => ({ hostId })), ...fleetIds.map((fleetId) => ({ fleetId }))];
  await services.db.insert(roleGrants).values(on.map((one) => ({ userId: user!.id, role, ...one })));
  return browserOf(services, user!.id, given);
}

/** The procedures as a browser calls them that somebody has signed in with. */
export async function browserOf(services: Services, userId: string, given: Partial<Context> = {}) {
  const cookie = await services.sessions.start(userId);
  return callerFor(services, { ...given, session: await services.sessions.find(cookie.split(';')[0]) });
}

/** The session of an administrator, or of whoever else; it is in no database. */
export function sessionOf(who: Partial<Session['user']> = {}): Session {
  const user = {
    id: '01890000-0000-7000-8000-000000000000',
    email: 'admin@example.com',
    name: '',
    role: 'administrator' as const,
    grantedRoles: [],
    grantsVersion: 0,
    language: null,
    ...who,
  };
  return { id: `session of ${user.email}`, via: 'cookie', user, ...rightsOf(user) };
}

/** What a machine says to join, with a key of its own. */
export async function registrationOf(fqdn: string, keys?: CryptoKeyPair): Promise<Registration> {
  return {
    csr: await makeCsr(keys ?? (await makeKeys())),
    fqdn,
    platform: 'linux',
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    addresses: ['192.0.2.7'],
    agentVersion: '1.0.0',
  };
}
