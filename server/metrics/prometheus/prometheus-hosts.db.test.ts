import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { hosts } from '../../../db/schema';
import { seedHosts } from '../../hosts/testing';
import { projectRoot } from '../../process/project';
import { type administratorOf, personOf, personOn, testServices } from '../../testing';
import { FAMILIES } from './prometheus-families';
import { sampleWith } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;

beforeEach(async () => {
  services = await testServices();
});

const everything = {
  ...{ cpuPercent: 42, cpuUserPercent: 30, cpuSystemPercent: 12, cpuWaitPercent: 1, cpuStealPercent: 2 },
  ...{ load1: 1, load5: 2, load15: 3, memoryTotalBytes: 1000, memoryUsedBytes: 400, memoryAvailableBytes: 600 },
  ...{ memoryCacheBytes: 100, swapTotalBytes: 10, swapUsedBytes: 4 },
  ...{ diskReadBytesPerSecond: 5, diskWrittenBytesPerSecond: 6 },
  ...{ networkReceivedBytesPerSecond: 7, networkSentBytesPerSecond: 8 },
  ...{ uptimeSeconds: 99, processes: 123, loggedIn: 2, temperatureCelsius: 55 },
  disks: [
    {
      ...{ mount: '/a "b"\\c', filesystem: 'ext4', totalBytes: 100, usedBytes: 30, availableBytes: 60 },
      ...{ inodesTotal: 10, inodesUsed: 4 },
    },
  ],
};

async function measured(hostId: string, secondsAgo: readonly number[], change: object = everything) {
  for (const ago of secondsAgo)
    services.keptSamples.keep(hostId, sampleWith({ ...change, at: new Date(Date.now() - ago * 1000).toISOString() }));
  await services.keptSamples.flush();
}

/** The lines without their heads, by what stands before the figure. */
async function read(who: Awaited<ReturnType<typeof administratorOf>>, asked = {}): Promise<Map<string, number>> {
  let text = '';
  for await (const piece of await who.metrics.prometheus(asked)) text += piece;
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}
const namesIn = (found: Map<string, number>, host: string) =>
  [...found.keys()].filter((key) => key.includes(`host_name="${host}"`)).map((key) => key.split('{')[0]!);

const administrator = () => personOf(services, 'administrator', 'admin@example.com', { isDownload: true });

test('all that a machine tells is there, by the names that others look for', async () => {
  const [hostId] = (await seedHosts(services.db, [{ fqdn: 'web', presence: 'up' }])) as [string];
  await services.db
    .update(hosts)
    .set({
      ...{ health: 'warning', healthSince: new Date(), certificateEnds: '2031-01-01T00:00:00Z' },
      hardware: {
        ...{ manufacturer: '', model: '', virtualisation: 'none', cpuModel: '', cpuCores: 2, memoryBytes: 1024 },
      },
    });
  await measured(hostId, [1]);
  const found = await read(await administrator());
  const of = (name: string, labels = '') => found.get(`${name}{host_name="web",host_id="${hostId}"${labels}}`);
  expect(of('sysmanage_host_up')).toBe(1);
  expect(of('sysmanage_host_health')).toBe(1);
  expect(of('system_cpu_utilization_ratio', ',cpu_mode="user"')).toBeCloseTo(0.3, 6);
  expect(of('sysmanage_host_cpu_utilization_ratio')).toBeCloseTo(0.42, 6);
  expect(of('system_memory_usage_bytes', ',system_memory_state="used"')).toBe(400);
  expect(of('system_memory_limit_bytes')).toBe(1024);
  expect(of('system_paging_usage_bytes', ',system_paging_state="free"')).toBe(6);
  const mount = ',system_filesystem_mountpoint="/a \\"b\\"\\\\c"';
  expect(of('system_filesystem_usage_bytes', `${mount},system_filesystem_state="free"`)).toBe(60);
  expect(of('sysmanage_host_filesystem_inodes', `${mount},system_filesystem_state="used"`)).toBe(4);
  expect(of('sysmanage_host_network_io_bytes_per_second', ',network_io_direction="transmit"')).toBe(8);
  expect(of('hw_temperature_celsius')).toBe(55);
  expect(of('sysmanage_host_certificate_expiry_timestamp_seconds')).toBe(Date.UTC(2031, 0) / 1000);
  expect(new Set(namesIn(found, 'web'))).toEqual(new Set(FAMILIES.map(({ name }) => name)));
});

test('what is stale is left out, and what a machine does not tell', async () => {
  const names = ['now', 'silent', 'slow', 'stopped', 'gone', 'never'];
  const ids = await seedHosts(
    services.db,
    names.map((fqdn, i) => ({
      ...{ fqdn, keyFingerprint: `key ${i}` },
      ...(fqdn !== 'never' && { presence: fqdn === 'gone' ? ('down' as const) : ('up' as const) }),
    })),
  );
  const [now, silent, slow, stopped, gone] = ids as [string, string, string, string, string];
  await measured(now, [60, 30, 1], { temperatureCelsius: undefined });
  await measured(silent, [160, 130, 100]);
  // Every five minutes; and one that did so and has not for twenty.
  await measured(slow, [800, 500, 200]);
  await measured(stopped, [1800, 1500, 1200]);
  await measured(gone, [60, 30, 1]);
  const found = await read(await administrator());
  const hasFigures = (host: string) => namesIn(found, host).includes('sysmanage_host_cpu_utilization_ratio');
  expect(names.filter(hasFigures)).toEqual(['now', 'slow']);
  expect(namesIn(found, 'now')).not.toContain('hw_temperature_celsius');
  expect(names.map((host, i) => found.get(`sysmanage_host_up{host_name="${host}",host_id="${ids[i]}"}`))).toEqual([
    ...[1, 1, 1, 1, 0, 0],
  ]);
});

test('whose hosts, by a rule and by a fleet, and nothing of those that somebody may not see', async () => {
  const wanted = [
    { fqdn: 'mine', presence: 'up' as const },
    { fqdn: 'theirs', presence: 'up' as const },
  ];
  const [mine, theirs] = (await seedHosts(services.db, [
    ...wanted.map((host, i) => ({ ...host, keyFingerprint: `key ${i}` })),
    { fqdn: 'new', approval: 'pending', keyFingerprint: 'new' },
  ])) as [string, string];
  for (const hostId of [mine, theirs]) await measured(hostId, [1]);
  const admin = await administrator();
  const { id: fleet } = await admin.fleets.create({ name: 'Shop' });
  await admin.fleets.putHost({ fleetId: fleet, hostId: theirs });
  const seen = async (who: typeof admin, asked = {}) => {
    const found = [...(await read(who, asked)).keys()];
    return [...new Set(found.map((key) => /host_name="(\w+)"/.exec(key)![1]))];
  };
  expect(await seen(admin)).toEqual(['mine', 'theirs']);
  expect(await seen(admin, { filter: 'name = mine' })).toEqual(['mine']);
  expect(await seen(admin, { fleet })).toEqual(['theirs']);
  const somebody = await personOn(services, { role: 'viewer', hostIds: [mine] }, { isDownload: true });
  expect(await seen(somebody)).toEqual(['mine']);
  expect(await seen(somebody, { fleet })).toEqual([]);
  // Into memory all at once it would be for nobody.
  await expect((await personOf(services, 'viewer')).metrics.prometheus({})).rejects.toMatchObject({
    appCode: 'export.download_only',
  });
});

test('scrapes wait for each other, and for one that is read slowly only where its reader has eight of them', async () => {
  await seedHosts(services.db, [{ fqdn: 'web', presence: 'up' }]);
  const admin = await administrator();
  const begin = async () => {
    const pieces = (await admin.metrics.prometheus({}))[Symbol.asyncIterator]();
    await pieces.next();
    return pieces;
  };
  const unread = await Promise.all(Array.from({ length: 8 }, begin));
  await Promise.all(Array.from({ length: 5 }, () => admin.inventory.ansible({})));
  await Promise.all(Array.from({ length: 5 }, () => admin.inventory.prometheus({})));
  const other = await personOf(services, 'viewer', 'viewer@example.com', { isDownload: true });
  expect((await read(other)).size).toBeGreaterThan(0);
  let isBegun = false;
  const ninth = begin().finally(() => (isBegun = true));
  await admin.inventory.ansible({});
  expect(isBegun).toBe(false);
  await unread[0]!.return!();
  await ninth;
  await unread[1]!.return!();
  for (let n = 0; n < 3; n++) expect((await read(admin)).size, 'to the end').toBeGreaterThan(0);
  for (let n = 0; n < 3; n++)
    await expect(admin.metrics.prometheus({ filter: 'x = ' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await admin.inventory.ansible({});
});

test('of thousands each is there once, and the lines of a family stand together', async () => {
  await seedHosts(
    services.db,
    Array.from({ length: 1100 }, (_, i) => ({ fqdn: `host-${i}`, keyFingerprint: `key ${i}` })),
  );
  const keys = [...(await read(await administrator())).keys()];
  expect(keys.filter((key) => key.startsWith('sysmanage_host_up{'))).toHaveLength(1100);
  const families = keys.map((key) => key.split('{')[0]);
  expect(families.filter((name, i) => name !== families[i - 1])).toEqual([...new Set(families)]);
});

test('each figure that the dashboard of hosts shows is there, and each that is there is shown', async () => {
  const text = await readFile(join(projectRoot, 'deploy/grafana-hosts-dashboard.json'), 'utf8');
  const dashboard = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
  const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const shown = expressions.flatMap((expr) => expr.match(/\b(sysmanage|system|hw)_[a-z_]+(?=\{)/g) ?? []);
  expect(expressions.every((expr) => /\b[a-z_]+\{.*job=~"\$job"/.test(expr))).toBe(true);
  expect([...new Set(shown)].sort()).toEqual(FAMILIES.map(({ name }) => name).sort());
});
