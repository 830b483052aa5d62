/** Values that scripts set by name, as the first SysManage took them. */
import { beforeEach, expect, test } from 'vitest';
import { configurationVersions } from '../../db/schema';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;
let otherId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId, otherId] = (await seedHosts(services.db, [{}, { platform: 'windows' }])) as [string, string];
});

test('scripts for the first SysManage push values, which the rest of a layer survives', async () => {
  await admin.configuration.saveHost({ hostId, document: 'heartbeat: { interval_seconds: 9 } # ours\n', etag: '"0"' });
  const config_data = { log: { level: 'debug' } };
  expect(await admin.configuration.push({ config_data, target_hostname: 'HOST-0.example.com' })).toEqual({
    hosts: [{ hostId, fqdn: 'host-0.example.com', isConnected: false }],
    message: 'Configuration pushed',
    results: { 'host-0.example.com': false },
    total_agents: 1,
    successful: 0,
    successful_sends: 0,
    target: 'HOST-0.example.com',
    platform: null,
  });
  expect((await admin.configuration.host({ hostId })).text).toBe(
    'heartbeat: { interval_seconds: 9 } # ours\nlog:\n  level: debug\n',
  );
  expect(await admin.configuration.push({ config_data, target_platform: 'Windows' })).toMatchObject({
    total_agents: 1,
    platform: 'Windows',
  });
  expect((await admin.configuration.host({ hostId: otherId })).document).toEqual(config_data);
  expect(await admin.configuration.push({ config_data, push_to_all: true })).toMatchObject({ total_agents: 2 });
  expect((await admin.configuration.global()).document).toEqual(config_data);
  for (const [wrong, appCode] of [
    [{ config_data, target_hostname: 'nobody.example.com' }, 'host.not_found'],
    [{ config_data, target_platform: 'BeOS' }, 'input.invalid'],
    [{ config_data }, 'input.invalid'],
    [{ config_data: { logging: {} }, push_to_all: true }, 'configuration.invalid'],
  ] as const) {
    await expect(admin.configuration.push(wrong)).rejects.toMatchObject({ appCode });
  }
});

test('what a layer says already is no version of it', async () => {
  const config_data = { log: { level: 'debug' } };
  const push = (whose: object) => admin.configuration.push({ config_data, ...whose });
  const versions = async () => [
    (await admin.configuration.host({ hostId })).version,
    (await admin.configuration.host({ hostId: otherId })).version,
    (await admin.configuration.global()).version,
  ];
  for (let time = 0; time < 2; time++) {
    expect(await push({ target_hostname: 'host-0.example.com' })).toMatchObject({ total_agents: 1 });
    expect(await push({ target_platform: 'Windows' })).toMatchObject({ total_agents: 1 });
    expect(await push({ push_to_all: true })).toMatchObject({ total_agents: 2 });
  }
  expect(await versions()).toEqual([1, 1, 1]);
  await admin.configuration.push({ config_data: {}, push_to_all: true });
  expect(await versions()).toEqual([1, 1, 1]);
});

test('of many hosts that values are set for, those before one that fails hear of it', async () => {
  const many = await seedHosts(
    services.db,
    Array.from({ length: 101 }, (_, i) => ({
      platform: 'macos' as const,
      fqdn: `mac-${i}.example.com`,
      keyFingerprint: `mac ${i}`,
    })),
  );
  const [last] = many.sort().slice(-1) as [string];
  await admin.configuration.saveHost({ hostId: last, document: '', etag: '*' });
  // As a later version may have written it.
  await services.db.update(configurationVersions).set({ text: 'telepathy: {}' });
  const woken: string[] = [];
  services.events.listen('inbox.changed', EVERY, ({ hostId: id }) => void woken.push(id));
  const config_data = { log: { level: 'debug' } };
  await expect(admin.configuration.push({ config_data, target_platform: 'Darwin' })).rejects.toMatchObject({
    appCode: 'configuration.invalid',
  });
  expect(woken.sort()).toEqual(many.filter((id) => id !== last));
});
