/**
 * A server process of `live.ts`, with the services and the pages' socket of ours, on a database that is filled. Told by
 * IPC, hosts of it go up and down and are decided on as fast as is asked for; ends with its parent.
 *
 * `bare`: the same changes, written once a tick by `ws` to whoever is connected, and nothing else.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { WebSocketServer } from 'ws';
import { openDatabase } from '../../../db/open-database';
import { hosts, users } from '../../../db/schema';
/* eslint-disable @typescript-eslint/no-restricted-imports -- Two hundred machines that come and go each second cost
   more than what is measured, which is what pages cost. */
import { loadConfig } from '../../../server/config';
import { createContext } from '../../../server/context';
import { createOriginGuard } from '../../../server/http/same-origin';
import { dispatchUpgrades } from '../../../server/http/upgrade';
import { createLiveUpgrade } from '../../../server/live/live-socket';
import { createLog } from '../../../server/log';
import { createCaller } from '../../../server/router';
import { createServices } from '../../../server/services';
import { registerTopics } from '../../../server/topics';
/* eslint-enable @typescript-eslint/no-restricted-imports */

export interface LiveOrder {
  changesPerSecond: number;
  decisionsPerSecond: number;
}

export interface LiveServer {
  port: number;
  cookie: string;
  /** From where a page goes on, and what it shows. */
  feed: string;
  hostIds: string[];
}

const TICK_MS = 50;
const WATCHED = 200;

const [kind, dataDir, url] = process.argv.slice(2);
const server = createServer();
const told: LiveServer = { port: 0, cookie: '', feed: '', hostIds: [] };
let order: LiveOrder = { changesPerSecond: 0, decisionsPerSecond: 0 };
process.on('message', (next: LiveOrder) => (order = next));
process.on('disconnect', () => process.exit());

const act = kind === 'bare' ? serveBare() : await serveOurs();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
told.port = (server.address() as AddressInfo).port;
process.send?.(told);
pace(() => order.changesPerSecond, act.change);
pace(() => order.decisionsPerSecond, act.decide);

/** Does something so many times a second, as evenly as a timer allows. */
function pace(perSecond: () => number, act: () => void) {
  let due = 0;
  let at = performance.now();
  setInterval(() => {
    const now = performance.now();
    due += (perSecond() * (now - at)) / 1000;
    at = now;
    for (; due >= 1; due--) act();
  }, 2);
}

function serveBare() {
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  let changes: string[] = [];
  let count = 0;
  setInterval(() => {
    if (changes.length === 0) return;
    const message = `{"result":{"data":{"changes":[${changes.join()}]}}}`;
    for (const socket of sockets.clients) socket.send(message);
    changes = [];
  }, TICK_MS);
  return {
    change() {
      const since = new Date().toISOString();
      const key = `01890000-0000-7000-8000-${String(count++ % WATCHED).padStart(12, '0')}`;
      const patch = { state: count % 2 ? 'up' : 'down', since, reason: null, lastSeen: since };
      changes.push(JSON.stringify({ topic: 'hosts', kind: 'patch', key, patch }));
    },
    decide() {},
  };
}

async function serveOurs() {
  const config = loadConfig(['--new-ca'], {
    ...{ SYSMANAGE_DATA_DIR: dataDir, DATABASE_URL: url, SYSMANAGE_LOG_LEVEL: 'error' },
    SYSMANAGE_HEARTBEAT_GRACE_SECONDS: '3600',
  });
  const log = createLog(config.log);
  const database = await openDatabase({ url, directory: dataDir! });
  const services = await createServices({ config, log, db: database.db, readsOf: database.readsOf });
  registerTopics(services);
  const live = createLiveUpgrade(services, createOriginGuard([], log));
  dispatchUpgrades(server, { '/trpc': live.upgrade }, { headers: {}, onError: (error) => log.error({ err: error }) });
  const email = 'load@example.com';
  const person = { email, passwordHash: '-', role: 'administrator' } as const;
  const [user] = await database.db.insert(users).values(person).returning();
  told.cookie = (await services.sessions.start(user!.id)).split(';')[0]!;
  const request = { headers: {}, socket: { remoteAddress: '127.0.0.1' } } as never;
  const session = await services.sessions.find(told.cookie);
  const caller = createCaller({ ...createContext(services, 'web', request), session });
  ({ feed: told.feed } = await caller.hosts.counts());
  const approved = database.db.select({ id: hosts.id }).from(hosts).where(eq(hosts.approval, 'approved'));
  told.hostIds = (await approved.orderBy(hosts.id).limit(WATCHED)).map(({ id }) => id);
  const pending = database.db.select({ id: hosts.id }).from(hosts).where(eq(hosts.osName, 'of this benchmark'));
  const waiting = (await pending).map(({ id }) => id);

  let changes = 0;
  let decisions = 0;
  return {
    change() {
      const hostId = told.hostIds[changes++ % WATCHED]!;
      if (services.presence.get(hostId)?.state === 'up') services.presence.down(hostId, 'closed');
      else services.presence.up(hostId);
    },
    decide() {
      const hostId = waiting.pop();
      if (!hostId) throw new Error('nobody waits any more');
      const { approve, reject } = caller.hosts;
      void (decisions++ % 2 ? approve({ hostId }) : reject({ hostId }));
    },
  };
}
