/** Which hosts are not configured as it is wanted of them: the filter of their list, and their history. */
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { SentConfigurationReport } from '../../agent/protocol';
import { hosts } from '../../db/schema';
import { agentOf } from '../agents/testing';
import { seedHosts } from '../hosts/testing';
import { SERVER_ITSELF } from '../hosts/visible-hosts';
import { administratorOf, callerFor, personOn, sessionOf, testServices } from '../testing';
import { isNotAsWanted, notAsWanted } from './not-as-wanted';
import { tellConfiguration } from './tell-configuration';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;
let otherId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId, otherId] = (await seedHosts(services.db, [{ fqdn: 'one' }, { fqdn: 'other' }])) as [string, string];
});

const save = (document: string) => admin.configuration.saveGlobal({ document, etag: '*' });
const agent = (id = hostId) => callerFor(services, { listener: 'channel', agent: agentOf(id) }).agents;
const report = (said: Partial<SentConfigurationReport>, id = hostId) =>
  agent(id).configReport({
    ...{ inForce: null, values: {}, locked: [], status: 'waiting', of: null, message: '', ...said },
  });
/** As the host hears it over its connection. */
async function tell() {
  const told = await tellConfiguration({ ...services, agent: agentOf(hostId), connection: null } as never);
  await told?.before?.();
}
const listed = async (caller = admin) => {
  const lists = notAsWanted.options.map(async (configuration) => [
    configuration,
    (await caller.hosts.list({ configuration })).hosts.map(({ fqdn }) => fqdn),
  ]);
  return Object.fromEntries((await Promise.all(lists)) as [string, string[]][]);
};
const history = async () => {
  const events = (await admin.hosts.events({ hostId })).map(({ kind, detail }) => [kind, detail]);
  return events.filter(([kind]) => kind?.startsWith('configuration_')).reverse();
};
const NONE = { failed: [], rolled_back: [], drift: [] };

test('a host that went back or refused is found until it has what is wanted, and its history says so once', async () => {
  await save('log: { level: info }');
  const { hash: good } = await agent().configuration();
  await report({ inForce: good, status: 'applied', of: good });
  expect(await listed()).toEqual(NONE);

  await save('heartbeat: { ping_seconds: 30 }');
  const { hash: bad } = await agent().configuration();
  const wentBack = { inForce: good, status: 'rolled_back', of: bad, message: 'not reached' } as const;
  await report(wentBack);
  // Once more, as after each reconnect.
  await report(wentBack);
  await agent(otherId).configuration();
  await report({ status: 'failed', of: bad, message: 'no such key' }, otherId);
  expect(await listed()).toEqual({ ...NONE, failed: ['other'], rolled_back: ['one'] });
  expect(await history()).toEqual([['configuration_rolled_back', 'not reached']]);
  const matching = { configuration: 'rolled_back' as const };
  expect(await admin.jobs.propose({ act: { act: 'pushConfiguration' }, targets: { matching } })).toMatchObject({
    hosts: 1,
  });

  await report({ ...wentBack, status: 'applying' });
  await report(wentBack);
  expect(await history()).toHaveLength(2);

  // What it has kept is what is wanted again: it has nothing to try and nothing to say.
  await save('log: { level: info }');
  await tell();
  expect(await listed()).toEqual({ ...NONE, failed: ['other'] });
  await services.db.update(hosts).set({ approval: 'revoked' });
  expect(await listed()).toEqual(NONE);
});

test('a host that is set otherwise on the machine is found, and not for what is locked, alike, or wanted by nobody', async () => {
  await save('log: { level: info }\nserver: { addresses: ["https://a.test:6443"] }');
  const { hash } = await agent().configuration();
  const say = (local: Record<string, string | string[]>, locked: string[] = []) =>
    report({ inForce: hash, status: 'applied', of: hash, local, locked });
  const found = async () => (await listed()).drift;
  await say({ 'log.level': 'info', 'server.addresses': ['https://a.test:6443'], 'server.proxy': 'http://p:3128' });
  expect(await found()).toEqual([]);
  await say({ 'log.level': 'debug' }, ['log.level']);
  expect(await found()).toEqual([]);
  await say({ 'log.level': 'debug' });
  expect(await found()).toEqual(['one']);
  await say({ 'server.addresses': ['https://b.test:6443'] });
  expect(await found()).toEqual(['one']);
  const stranger = await personOn(services, { role: 'operator', hostIds: [otherId] });
  expect(await listed(stranger)).toEqual(NONE);
});

test('who may not read configurations is not told who is not as wanted', async () => {
  const session = { ...sessionOf(), permissions: new Set(['hosts.read'] as const) };
  const keyed = callerFor(services, { session });
  expect((await keyed.hosts.list({})).hosts).toHaveLength(2);
  await save('log: { level: info }');
  const { hash } = await agent().configuration();
  await report({ status: 'failed', of: hash, message: 'no such key' });
  expect(await history()).toHaveLength(1);
  expect(await keyed.hosts.events({ hostId })).toEqual([]);
  for (const configuration of notAsWanted.options)
    await expect(keyed.hosts.list({ configuration })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test.each(notAsWanted.options)('those of %s are found by an index', async (how) => {
  const plan = await services.db.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    const found = tx.select({ id: hosts.id }).from(hosts).where(isNotAsWanted(how, SERVER_ITSELF)).getSQL();
    return (await tx.execute(sql`explain ${found}`)).rows.map((row) => Object.values(row)[0]).join('\n');
  });
  expect(plan).toContain(how === 'drift' ? 'host_configuration_local' : 'host_configuration_untaken');
});
