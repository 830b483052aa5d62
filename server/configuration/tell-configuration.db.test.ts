/** What hosts are told of a configuration, many at once, and one over a connection. */
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { SentConfigurationReport } from '../../agent/protocol';
import { hostConfigurations } from '../../db/schema';
import { agentOf } from '../agents/testing';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, testServices } from '../testing';
import { findWanted } from './find-wanted';
import { createLookTogether } from './look-together';
import { tellConfiguration } from './tell-configuration';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostIds: string[];
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  hostIds = await seedHosts(
    services.db,
    Array.from({ length: 20 }, () => ({})),
  );
  hostId = hostIds[0]!;
});

const saveGlobal = (document: object) =>
  admin.configuration.saveGlobal({ document: document as Record<string, unknown>, etag: '*' });

/** A connection of the host: what it is told on it, and what it reports over it. */
function connect() {
  const connection = services.sockets.reserve({ hostId, serial: '01', address: '192.0.2.7' });
  const tell = async () => {
    const truth = await tellConfiguration({ ...services, agent: agentOf(hostId), connection } as never);
    await truth?.before?.();
    return truth;
  };
  const report = async (said: Partial<SentConfigurationReport> & { inForce: string | null }) => {
    const { agents } = callerFor(services, { listener: 'channel', agent: agentOf(hostId), connection });
    await agents.configReport({ values: {}, status: 'applied', ...said });
  };
  const reportBriefly = async (said: SentConfigurationReport) => {
    const { agents } = callerFor(services, { listener: 'channel', agent: agentOf(hostId), connection });
    await agents.configReport(said);
  };
  return { tell, report, reportBriefly };
}

test('twenty hosts that ask at once are two statements, and each is told what its own layers come to', async () => {
  await saveGlobal({ log: { level: 'info' } });
  await admin.configuration.saveHost({ hostId, document: { log: { level: 'debug' } }, etag: '*' });
  const { id: fleetId } = await admin.fleets.create({ name: 'Slow' });
  await admin.fleets.putHost({ fleetId, hostId: hostIds[1]! });
  await admin.configuration.saveFleet({ fleetId, document: { heartbeat: { interval_seconds: 60 } }, etag: '*' });
  let statements = 0;
  const counting = new Proxy(services.db, {
    get(db, name, receiver) {
      if (name === 'select') statements++;
      return Reflect.get(db, name, receiver) as unknown;
    },
  });
  const look = createLookTogether(counting);
  const gone = '01890000-0000-7000-8000-000000000000';
  const found = await Promise.all([...hostIds, gone].map(look));
  expect(statements).toBe(2);
  expect(found.map(({ document }) => document)).toEqual([
    { log: { level: 'debug' } },
    { log: { level: 'info' }, heartbeat: { interval_seconds: 60 } },
    ...Array.from({ length: 19 }, () => ({ log: { level: 'info' } })),
  ]);
  expect(found[0]!.sources).toEqual({ 'log.level': `host/${hostId}` });
  await look(hostId);
  expect(statements).toBe(4);
});

test('a host that comes into a fleet while it is looked for is told what the fleet says', async () => {
  await saveGlobal({ log: { level: 'info' } });
  const { id: fleetId } = await admin.fleets.create({ name: 'Loud' });
  await admin.configuration.saveFleet({ fleetId, document: { log: { level: 'debug' } }, etag: '*' });
  let looks = 0;
  /** After what all and the fleets say was read, and before it is read which fleets the host is in. */
  const moving = new Proxy(services.db, {
    get(db, name, receiver) {
      if (name !== 'select' || looks++ > 0) return Reflect.get(db, name, receiver) as unknown;
      return (fields: Parameters<typeof db.select>[0]) => ({
        from(table: Parameters<ReturnType<typeof db.select>['from']>[0]) {
          const query = db.select(fields as never).from(table);
          const read = query.then.bind(query);
          query.then = (resolve, reject) =>
            read(async (rows) => {
              await admin.fleets.putHost({ fleetId, hostId });
              return rows;
            }).then(resolve, reject);
          return query;
        },
      });
    },
  });
  expect(await findWanted(moving, hostId)).toMatchObject({ document: { log: { level: 'debug' } } });
});

test('a look that fails fails those who asked, and not those who ask later', async () => {
  let isAway = true;
  const db = new Proxy(services.db, {
    get(target, name, receiver) {
      if (name === 'select' && isAway) throw new Error('the database is away');
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const look = createLookTogether(db);
  const both = await Promise.allSettled([look(hostId), look(hostIds[1]!)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isAway = false;
  expect(await look(hostId)).toMatchObject({ isAsked: false });
});

test('a short document is handed over with its hash, which is kept before it is told', async () => {
  await saveGlobal({ log: { level: 'info' } });
  const { tell } = connect();
  expect(await tell()).toMatchObject({ item: { offered: { format: 1, document: { log: { level: 'info' } } } } });
  const { offered, wanted } = await admin.configuration.ofHost({ hostId });
  expect(offered).toMatchObject({ hash: wanted.hash, document: { log: { level: 'info' } } });
});

test('what is long, holds a secret, or was tried in vain is not', async () => {
  const { tell, report } = connect();
  const isHanded = async () => (await tell())!.item.offered !== undefined;
  await saveGlobal({ server: { proxy: 'http://proxy.example.com:3128', proxy_password: 'hush' } });
  expect(await isHanded()).toBe(false);
  await saveGlobal({ commands: { run_as: Array.from({ length: 64 }, (_, n) => `${n}`.padStart(50, 'x')) } });
  expect(await isHanded()).toBe(false);
  await saveGlobal({ log: { level: 'info' } });
  expect(await isHanded()).toBe(true);
  const { hash } = (await tell())!.item;
  await report({ inForce: null, status: 'rolled_back', of: hash, message: 'no answer' });
  expect(await isHanded()).toBe(false);
});

test('what it has in force it is told once a connection, and not at each push', async () => {
  await saveGlobal({ log: { level: 'info' } });
  const { tell, report } = connect();
  const { hash } = (await tell())!.item;
  await report({ inForce: hash });
  await admin.configuration.push({ targets: { all: true } });
  expect(await tell()).toBeNull();
  expect(await connect().tell()).toMatchObject({ item: { hash, offered: undefined, request: undefined } });
  // One whose row is older than what it has, as after a backup was restored, says so when it is told.
  await services.db.update(hostConfigurations).set({ inForceHash: null });
  expect(await tell()).toMatchObject({ item: { hash } });
});

test('one that reports another one than is wanted is told anew, also what it is said to have', async () => {
  await saveGlobal({ log: { level: 'info' } });
  const { tell, report } = connect();
  const first = (await tell())!.item.hash;
  await report({ inForce: first });
  await saveGlobal({ log: { level: 'debug' } });
  const second = (await tell())!.item.hash;
  // It is under way to the second one.
  await saveGlobal({ log: { level: 'info' } });
  expect(await tell()).toBeNull();
  const woken: string[] = [];
  services.events.listen('inbox.changed', EVERY, (event) => void woken.push(`${event.kind} ${event.hostId}`));
  await report({ inForce: second });
  expect(woken).toEqual([`configuration ${hostId}`]);
  expect((await tell())!.item.hash).toBe(first);
  await report({ inForce: first });
  expect(woken).toHaveLength(1);
});

test('a report without values has in force what was handed over, and nothing that is known where that was another', async () => {
  await saveGlobal({ log: { level: 'info' }, discovery: { interfaces: ['eth0', 'eth1'] } });
  const { tell, reportBriefly } = connect();
  const { hash } = (await tell())!.item;
  await reportBriefly({ inForce: hash });
  const { inForce, status } = await admin.configuration.ofHost({ hostId });
  expect({ status, ...inForce }).toMatchObject({
    ...{ status: 'applied', hash, document: { log: { level: 'info' }, discovery: { interfaces: ['eth0', 'eth1'] } } },
  });
  await reportBriefly({ inForce: 'a'.repeat(64) });
  expect((await admin.configuration.ofHost({ hostId })).inForce).toMatchObject({ hash: 'a'.repeat(64), document: {} });
});

test('what a host says of what it has in force is shown: that it reaches the server by another way', async () => {
  await saveGlobal({ log: { level: 'info' } });
  const { tell, report } = connect();
  const { hash } = (await tell())!.item;
  await report({ inForce: hash, message: 'without a proxy' });
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({ status: 'applied', message: 'without a proxy' });
  await report({ inForce: hash, of: 'a'.repeat(64), message: 'of another' });
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({ status: 'applied', message: '' });
});

test('what many hosts are handed at once is one statement, and a host that is gone fails none of the others', async () => {
  const offered = hostIds.map((id) => services.reports.offered({ hostId: id, hash: 'a'.repeat(64), document: {} }));
  const gone = '01890000-0000-7000-8000-000000000000';
  await Promise.all([...offered, services.reports.offered({ hostId: gone, hash: 'a'.repeat(64), document: {} })]);
  const { rows } = await services.db.execute(
    sql`select count(*)::int as hosts, count(distinct xmin::text)::int as statements from host_configuration`,
  );
  expect(rows).toEqual([{ hosts: 20, statements: 1 }]);
});
