import { eq } from 'drizzle-orm';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createRandom } from '../../agent/commands/simulation/testing-random';
import type { Sample } from '../../agent/protocol';
import { hostEvents, hostFigures, hostPresence, hosts } from '../../db/schema';
import { writeFigures } from '../hosts/figures/keep-figures';
import { seedHosts } from '../hosts/testing';
import { rollUp } from '../metrics/roll-up';
import { sampleWith } from '../metrics/testing';
import { createRecentSamples } from '../metrics/recent-samples';
import { administratorOf, personOn, testServices } from '../testing';
import { countHosts } from './keep-host-counts';

const DAY_MS = 86_400_000;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const seed = (...wanted: Parameters<typeof seedHosts>[1]) =>
  seedHosts(
    services.db,
    wanted.map((host, i) => ({ keyFingerprint: `key ${i}`, presence: 'up' as const, ...host })),
  );
const at = (ago: number) => new Date(Date.now() - ago).toISOString();

/** The clock stands still, in the middle of a quarter of an hour. */
function stopClock(): { quarter: number } {
  const quarter = Date.parse('2026-11-01T12:00:00Z') / 1000;
  vi.useFakeTimers({ toFake: ['Date'], now: (quarter + 450) * 1000 });
  onTestFinished(() => void vi.useRealTimers());
  return { quarter };
}

/** What they measured, as a process has it that hears of them, and as rows. */
async function measured(heard: Pick<typeof services, 'samples'>, samples: Record<string, Partial<Sample>>) {
  for (const [hostId, some] of Object.entries(samples)) {
    const sample = sampleWith(some);
    services.presence.up(hostId);
    heard.samples.add(hostId, sample);
    services.keptSamples.keep(hostId, sample);
  }
  await services.keptSamples.flush();
  await writeFigures({ ...services, ...heard });
}

test('who shares a cause stands together, the worst first, and what waits or was revoked is not ill', async () => {
  const ill = (health: 'warning' | 'critical', healthReason: string) => ({
    health,
    healthReason,
    healthSince: new Date(),
  });
  await seed(
    ...[1, 2, 3, 4].map((n) => ({ fqdn: `web-${n}`, ...ill('warning', 'cpu above 95') })),
    { fqdn: 'db', ...ill('critical', 'disk.used_percent:/ above 95') },
    { fqdn: 'well', health: 'ok', healthSince: new Date() },
    { fqdn: 'old', approval: 'revoked', ...ill('critical', 'silence above 300') },
  );
  const { ill: counts, causes } = await admin.dashboard.overview();
  // What a cause leads to is all of its hosts and no others.
  for (const { health, reason, total } of causes)
    expect(await admin.hosts.list({ health, reason: reason! })).toMatchObject({ total });
  expect(counts).toEqual({ warning: 4, critical: 1 });
  expect(causes).toMatchObject([
    { health: 'critical', reason: 'disk.used_percent:/ above 95', total: 1, hosts: [{ fqdn: 'db' }] },
    { health: 'warning', total: 4, hosts: [{ fqdn: 'web-1' }, { fqdn: 'web-2' }, { fqdn: 'web-3' }] },
  ]);
});

test('hosts that went down within a minute stand together, with since when', async () => {
  const ids = await seed(...['a', 'b', 'c', 'd', 'e'].map((fqdn) => ({ fqdn, presence: 'down' as const })));
  const then = new Date('2026-11-01T12:00:10Z');
  const at = (seconds: number) => new Date(then.getTime() + seconds * 1000);
  for (const [i, since] of [at(0), at(20), at(40), at(7200), at(7300)].entries())
    await services.db.update(hostPresence).set({ since }).where(eq(hostPresence.hostId, ids[i]!));
  const { downTogether } = await admin.dashboard.overview();
  const listed = await admin.hosts.list({ state: 'down', downSince: downTogether[0]!.since });
  expect(listed.hosts.map(({ fqdn }) => fqdn)).toEqual(['a', 'b', 'c']);
  expect(downTogether).toEqual([
    { total: 3, since: then.toISOString(), hosts: ids.slice(0, 3).map((id, i) => ({ id, fqdn: 'abc'[i] })) },
  ]);
});

test('systems, agents and what happened last', async () => {
  const [one, two] = (await seed(
    { fqdn: 'one', platform: 'freebsd', agentVersion: '0.9.0' },
    { fqdn: 'two' },
    { fqdn: 'three' },
    { fqdn: 'new', approval: 'pending' },
  )) as [string, string];
  await services.db.insert(hostEvents).values([
    { hostId: one, kind: 'down', detail: 'silent', id: '01900000-0000-7000-8000-000000000001' },
    { hostId: two, kind: 'up', id: '01900000-0000-7000-8000-000000000002' },
  ]);
  const { platforms, agentVersions, events } = await admin.dashboard.overview();
  expect(platforms).toEqual([
    { value: 'linux', hosts: 2 },
    { value: 'freebsd', hosts: 1 },
  ]);
  expect(agentVersions).toEqual([
    { value: '1.0.0', hosts: 2 },
    { value: '0.9.0', hosts: 1 },
  ]);
  expect(events.map(({ fqdn, kind, detail }) => [fqdn, kind, detail])).toEqual([
    ['two', 'up', null],
    ['one', 'down', 'silent'],
  ]);
});

test('where there is least left, of hosts that are up and measure', async () => {
  const [busy, idle, gone, silent] = (await seed(
    ...[{ fqdn: 'busy' }, { fqdn: 'idle' }],
    ...[{ fqdn: 'gone', presence: 'down' as const }, { fqdn: 'silent' }],
  )) as [string, string, string, string];
  const memory = { memoryTotalBytes: 100, memoryUsedBytes: 80, memoryAvailableBytes: 20 };
  await measured(services, {
    [busy]: { cpuPercent: 80, ...memory },
    [idle]: { cpuPercent: 1 },
    [silent]: { cpuPercent: 99, at: at(600_000) },
  });
  services.keptSamples.keep(gone, sampleWith({ cpuPercent: 99 }));
  await services.keptSamples.flush();
  await services.db.update(hostFigures).set({ cpu: 99 }).where(eq(hostFigures.hostId, gone));
  const { tops } = await admin.dashboard.overview();
  expect(tops.cpu).toEqual([{ hostId: busy, fqdn: 'busy', percent: 80, mount: null }]);
  expect(tops.memory.map(({ fqdn, percent }) => [fqdn, percent])).toEqual([
    ['busy', 80],
    ['idle', 50],
  ]);
});

test('what each process hears of is there for all', async () => {
  const [one, two, moved] = (await seed({ fqdn: 'one' }, { fqdn: 'two' }, { fqdn: 'moved' })) as [
    string,
    string,
    string,
  ];
  const there = { samples: createRecentSamples(services.events, { heartbeatSeconds: 30 }) };
  await measured(services, { [one]: { cpuPercent: 70, at: at(2000) }, [moved]: { cpuPercent: 90, at: at(2000) } });
  await measured(there, { [two]: { cpuPercent: 80 }, [moved]: { cpuPercent: 60, at: at(1000) } });
  const shown = async () =>
    (await admin.dashboard.overview()).tops.cpu.map(({ fqdn, percent }) => `${fqdn} ${percent}`);
  expect(await shown()).toEqual(['two 80', 'one 70', 'moved 60']);
  await measured(services, { [one]: { cpuPercent: 1 } });
  expect(await shown()).toEqual(['two 80', 'moved 60']);
});

test('a disk that fills steadily says when it will be full, one that goes up and down does not', async () => {
  const [steady, restless] = (await seed({ fqdn: 'steady' }, { fqdn: 'restless' })) as [string, string];
  const disk = { mount: '/', filesystem: 'ext4', totalBytes: 1e12 };
  const { between } = createRandom(1);
  const used = (hostId: string, ago: number) =>
    hostId === steady ? 8e11 - (ago / DAY_MS) * 5e10 : between(8e11, 9e11);
  const sample = (hostId: string, ago: number) => {
    const usedBytes = used(hostId, ago);
    return sampleWith({ at: at(ago), disks: [{ ...disk, usedBytes, availableBytes: 1e12 - usedBytes }] });
  };
  for (const hostId of [steady, restless]) {
    for (let ago = DAY_MS; ago > 0; ago -= 300_000) services.keptSamples.keep(hostId, sample(hostId, ago));
    await measured(services, { [hostId]: sample(hostId, 0) });
  }
  await rollUp(services.db);
  const { tops } = await admin.dashboard.overview();
  const days = new Map(tops.disk.map(({ fqdn, daysLeft }) => [fqdn, daysLeft]));
  expect(days.get('steady')).toBeCloseTo(4, 1);
  expect(days.get('restless')).toBeNull();
});

test('of hosts that somebody may not see it says nothing', async () => {
  const ill = { health: 'critical' as const, healthReason: 'cpu above 95', healthSince: new Date() };
  const [mine, theirs] = (await seed({ fqdn: 'mine', ...ill }, { fqdn: 'theirs', platform: 'macos', ...ill })) as [
    string,
    string,
  ];
  await measured(services, { [mine]: { cpuPercent: 99 }, [theirs]: { cpuPercent: 99 } });
  await services.db.insert(hostEvents).values([mine, theirs].map((hostId) => ({ hostId, kind: 'up' as const })));
  const somebody = await personOn(services, { role: 'viewer', hostIds: [mine] });
  const overview = await somebody.dashboard.overview();
  expect(JSON.stringify(overview)).not.toMatch(/theirs|macos/);
  expect(overview).toMatchObject({ ill: { critical: 1 }, causes: [{ total: 1 }], tops: { cpu: [{ fqdn: 'mine' }] } });
});

test('the last day is counted in quarters of an hour, each at its worst', async () => {
  const [up] = (await seed({ fqdn: 'one' }, { fqdn: 'two' })) as [string, string];
  const { quarter } = stopClock();
  await countHosts(services.db, quarter - 1800);
  const become = async (state: 'up' | 'down', health: 'ok' | 'critical') => {
    await services.db.update(hostPresence).set({ state }).where(eq(hostPresence.hostId, up));
    await services.db.update(hosts).set({ health }).where(eq(hosts.id, up));
  };
  await become('down', 'critical');
  await countHosts(services.db, quarter - 1800 + 300);
  await countHosts(services.db, quarter - 1800 + 360);
  await become('up', 'ok');
  await countHosts(services.db, quarter - 1800 + 600);
  await countHosts(services.db, quarter);
  const { day } = await admin.dashboard.overview();
  expect(day).toHaveLength(96);
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  expect(day.slice(-3)).toEqual([
    { at: at(quarter - 1800), counts: { up: 1, down: 1, warning: 0, critical: 1 } },
    { at: at(quarter - 900), counts: null },
    { at: at(quarter), counts: { up: 2, down: 0, warning: 0, critical: 0 } },
  ]);
});

type Kind = (typeof hostEvents.$inferSelect)['kind'];
const PRESENCE = ['up', 'down'] as const;
const HEALTH = ['health_ok', 'health_warning', 'health_critical'] as const;

test('the last day of who sees some hosts is of these, each once, as a plain recomputation has it', async () => {
  const ids = await seed(...Array.from({ length: 8 }, (_, n) => ({ fqdn: `host-${n}` })));
  const fleetIds: string[] = [];
  for (const [name, members] of [
    ['One', [0, 1, 2, 3]],
    ['Other', [2, 3, 4]],
    ['Theirs', [6, 7]],
  ] as const) {
    const { id: fleetId } = await admin.fleets.create({ name });
    for (const n of members) await admin.fleets.putHost({ fleetId, hostId: ids[n]! });
    fleetIds.push(fleetId);
  }
  const { quarter } = stopClock();
  const first = quarter + 900 - 86_400;
  // The server was off in the fourth quarter of an hour before this one.
  for (let at = first; at <= quarter; at += 900) if (at !== quarter - 3600) await countHosts(services.db, at);
  const { between, pick } = createRandom(1);
  const events: { hostId: string; at: number; kind: Kind }[] = [];
  // From before the day, too; to one nothing happened, another was never judged and never seen before it.
  for (const hostId of ids.slice(1))
    for (let n = 0; n < 12; n++) {
      const at = between(first, quarter) - (n < 3 && hostId !== ids[4] ? 86_400 : 0);
      events.push({ hostId, at, kind: pick(n % 2 ? PRESENCE : HEALTH) });
    }
  events.sort((a, b) => a.at - b.at);
  await Promise.all(
    events.map(({ at, ...event }) => services.reports.happening({ ...event, at: new Date(at * 1000), detail: null })),
  );
  await services.db.update(hosts).set({ health: 'warning', healthSince: new Date() }).where(eq(hosts.id, ids[0]!));

  const state = (hostId: string, kinds: readonly Kind[], at: number) =>
    events.filter((event) => event.hostId === hostId && kinds.includes(event.kind) && event.at <= at).at(-1)?.kind;
  const countAt = (mine: readonly string[], at: number) => {
    const count = (kinds: readonly Kind[], kind: Kind, ofQuiet: boolean) =>
      mine.filter((id) => (id === ids[0] ? ofQuiet : state(id, kinds, at) === kind)).length;
    return [
      ...[count(PRESENCE, 'up', true), count(PRESENCE, 'down', false)],
      ...[count(HEALTH, 'health_warning', true), count(HEALTH, 'health_critical', false)],
    ] as const;
  };
  const plain = (mine: readonly string[]) =>
    Array.from({ length: 96 }, (_, n) => {
      const begin = first + n * 900;
      const isOff = begin === quarter - 3600;
      const moments = [begin, ...events.map(({ at }) => at).filter((at) => at > begin && at < begin + 900)];
      const counts = moments.map((at) => countAt(mine, at));
      const of = (i: number, best: (...all: number[]) => number) => best(...counts.map((count) => count[i]!));
      const worst = { up: of(0, Math.min), down: of(1, Math.max), warning: of(2, Math.max), critical: of(3, Math.max) };
      return { at: new Date(begin * 1000).toISOString(), counts: isOff ? null : worst };
    });

  const both = await personOn(services, {
    role: 'viewer',
    fleetIds: fleetIds.slice(0, 2),
    hostIds: [ids[3]!, ids[5]!],
  });
  expect((await both.dashboard.overview()).day).toEqual(plain(ids.slice(0, 6)));
  const nobody = await personOn(services, { role: 'viewer', hostIds: [ids[0]!] });
  expect((await nobody.dashboard.overview()).day).toEqual(plain(ids.slice(0, 1)));
});

test('what happened last to who sees some hosts is found by their own histories, and is the last of all', async () => {
  const ids = await seed(...Array.from({ length: 5 }, (_, n) => ({ fqdn: `host-${n}` })));
  const happened = (n: number, ago: number) =>
    services.reports.happening({ hostId: ids[n]!, at: new Date(Date.now() - ago), kind: 'up', detail: `${ago}` });
  const of = (n: number) => [happened(n % 2, n * DAY_MS), happened(2, n * 1000), happened(4, n * 10)];
  await Promise.all(Array.from({ length: 20 }, (_, n) => of(n + 1)).flat());
  const shown = async (hostIds: string[], email: 'hosts' | 'fleets') => {
    const fleetIds = email === 'fleets' ? [(await admin.fleets.create({ name: 'Empty' })).id] : [];
    const { events } = await (await personOn(services, { role: 'viewer', hostIds, fleetIds })).dashboard.overview();
    return events.map(({ detail }) => Number(detail));
  };
  const numbers = (from: number, step: number) => Array.from({ length: 12 }, (_, i) => (from + i) * step);
  // Of one day there are enough, or else it is looked further back.
  expect(await shown([ids[0]!, ids[2]!, ids[3]!], 'hosts')).toEqual(numbers(1, 1000));
  expect(await shown([ids[0]!, ids[1]!], 'fleets')).toEqual(numbers(1, DAY_MS));
});

test('a quarter of an hour has what happened in it, of the hosts of the caller', async () => {
  const [one, two] = (await seed({ fqdn: 'one' }, { fqdn: 'two' })) as [string, string];
  const start = Date.parse('2026-11-01T12:15:00Z');
  for (const [hostId, ms] of [
    [one, -1],
    [one, 0],
    [two, 899_999],
    [two, 900_000],
  ] as const)
    await services.reports.happening({ hostId, at: new Date(start + ms), kind: 'down', detail: 'lost' });
  const asked = { at: new Date(start).toISOString() };
  expect(await admin.dashboard.quarter(asked)).toMatchObject([
    { fqdn: 'two', kind: 'down', detail: 'lost', at: '2026-11-01T12:29:59.999Z' },
    { fqdn: 'one', at: '2026-11-01T12:15:00.000Z' },
  ]);
  const some = await personOn(services, { role: 'viewer', hostIds: [one] });
  expect(await some.dashboard.quarter(asked)).toMatchObject([{ fqdn: 'one' }]);
});
