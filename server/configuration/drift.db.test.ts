/** What somebody sets on a machine against what is wanted of it. */
import { beforeEach, expect, test } from 'vitest';
import type { SentConfigurationReport } from '../../agent/protocol';
import { agentOf } from '../agents/testing';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, testServices } from '../testing';
import { tellConfiguration } from './tell-configuration';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId] = (await seedHosts(services.db, [{}])) as [string];
  const document = 'log: { level: info } # quiet\nheartbeat: { interval_seconds: 30 }\n';
  await admin.configuration.saveHost({ hostId, document, etag: '"0"' });
});

/** What the machine says; its agent.yaml sets `local`. */
const report = (local: SentConfigurationReport['local'], locked: string[] = []) =>
  callerFor(services, { listener: 'channel', agent: agentOf(hostId) }).agents.configReport({
    ...{ inForce: null, values: {}, locked, status: 'waiting', of: null, message: '' },
    ...(local && { local }),
  });
const drift = async () => (await admin.configuration.ofHost({ hostId })).drift;
const told = () => tellConfiguration({ ...services, agent: agentOf(hostId), connection: null } as never);

test('says what differs and since when, and not what is locked, is the same, or is wanted by nobody', async () => {
  await report({ 'log.level': 'debug', 'heartbeat.interval_seconds': 30, 'heartbeat.ping_seconds': 20 });
  const [first, ...others] = await drift();
  expect(others).toEqual([]);
  expect(first).toMatchObject({ key: 'log.level', wanted: 'info', local: 'debug', isPutBack: false });
  expect(Math.abs(Date.now() - Date.parse(first!.since))).toBeLessThan(60_000);
  // Said again it is since the same moment; another value is since another.
  await report({ 'log.level': 'debug' });
  expect((await drift())[0]!.since).toBe(first!.since);
  await report({ 'log.level': 'warn' });
  expect(Date.parse((await drift())[0]!.since)).toBeGreaterThan(Date.parse(first!.since));
  await report({ 'log.level': 'warn' }, ['log.level']);
  expect(await drift()).toEqual([]);
  // An agent of before says nothing of it.
  await report({ 'log.level': 'warn' });
  await report(undefined);
  expect(await drift()).toEqual([]);
});

test('adopted, it is wanted, with the rest of the layer as somebody wrote it', async () => {
  await expect(admin.configuration.adopt({ hostId })).rejects.toMatchObject({ appCode: 'configuration.no_drift' });
  await report({ 'log.level': 'debug' });
  await admin.configuration.adopt({ hostId });
  expect(await admin.configuration.host({ hostId })).toMatchObject({
    version: 2,
    text: 'log: { level: debug } # quiet\nheartbeat: { interval_seconds: 30 }\n',
    message: 'Adopted from the machine',
  });
  expect(await drift()).toEqual([]);
});

test('put back, the agent is told so until it has done it, and not again when somebody sets it anew', async () => {
  await expect(admin.configuration.putBack({ hostId })).rejects.toMatchObject({ appCode: 'configuration.no_drift' });
  await report({ 'log.level': 'debug', 'heartbeat.interval_seconds': 60 });
  expect((await told())!.item.putBack).toBeUndefined();
  await admin.configuration.putBack({ hostId });
  expect((await told())!.item.putBack).toEqual(['log.level', 'heartbeat.interval_seconds']);
  await report({ 'log.level': 'debug' });
  expect((await told())!.item.putBack, 'its disk was full half-way').toEqual(['log.level']);
  expect(await drift()).toMatchObject([{ key: 'log.level', isPutBack: true }]);
  await report({ 'log.level': 'warn' });
  expect((await told())!.item.putBack, 'that is another edit').toBeUndefined();
  expect(await drift()).toMatchObject([{ key: 'log.level', local: 'warn', isPutBack: false }]);
  await report({});
  expect((await told())!.item.putBack).toBeUndefined();
  await report({ 'log.level': 'debug' });
  expect((await told())!.item.putBack).toBeUndefined();
  expect(await drift()).toMatchObject([{ key: 'log.level', isPutBack: false }]);
});
