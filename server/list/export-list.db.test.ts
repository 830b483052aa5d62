import { describe, expect, test } from 'vitest';
import { and, eq } from 'drizzle-orm';
import { auditRecords, certificates, roleGrants } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { administratorOf, type callerFor, personOf, personOn, testServices } from '../testing';

type Pieces = AsyncGenerator<string, void>;
type Caller = ReturnType<typeof callerFor>;

/** The type is what it is by way of the network. */
const open = async (export_: Promise<unknown>) => (await export_) as Pieces;

async function rowsOf(export_: Promise<unknown>): Promise<Record<string, unknown>[]> {
  let text = '';
  for await (const piece of await open(export_)) text += piece;
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function start() {
  const services = await testServices();
  const names = Array.from({ length: 450 }, (_, i) => `host-${String(i).padStart(3, '0')}.example.com`);
  const hostIds = await seedHosts(
    services.db,
    names.map((fqdn, i) => ({
      ...{ fqdn, approval: i % 10 === 9 ? ('pending' as const) : ('approved' as const) },
      ...(i === 448 && { health: 'warning' as const, healthReason: 'cpu above 95', healthSince: new Date() }),
    })),
  );
  return { services, names, hostIds };
}

describe('hosts', () => {
  test('all pages, as they are listed, with what is known of each', async () => {
    const { services, names } = await start();
    const viewer = await personOf(services, 'viewer', 'viewer@example.com', { isDownload: true });
    const rows = await rowsOf(viewer.hosts.export({ direction: 'desc' }));
    expect(rows.map(({ fqdn }) => fqdn)).toEqual([...names].reverse());
    const { hosts } = await viewer.hosts.list({ direction: 'desc', limit: 2 });
    const { copies: _copies, sample: _sample, isSampleStale: _isStale, health, ...row } = hosts[1]!;
    expect(health).toMatchObject({ state: 'warning' });
    const known = {
      ...row,
      fleetTags: [],
      health: health!.state,
      healthSince: health!.since,
      healthReason: health!.reason,
    };
    expect(rows[1]).toEqual(known);
    expect(Object.keys(rows[1]!).sort(), 'no measurement of the moment').toEqual(Object.keys(known).sort());
  });

  test('what the filter leaves, by search too', async () => {
    const { services, names } = await start();
    const viewer = await personOf(services, 'viewer', 'viewer@example.com', { isDownload: true });
    const found = await rowsOf(viewer.hosts.export({ search: 'host-01', state: 'pending' }));
    expect(found.map(({ fqdn }) => fqdn)).toEqual([names[19]]);
    expect(await rowsOf(viewer.hosts.export({ waiting: false }))).toHaveLength(405);
    expect(await rowsOf(viewer.hosts.export({ search: 'host' }))).toHaveLength(450);
    await services.audit.seal();
    const records = await services.db.select().from(auditRecords).where(eq(auditRecords.action, 'host.export'));
    expect(records.map(({ after }) => after)).toContainEqual({
      format: 'jsonl',
      sort: 'fqdn',
      direction: 'asc',
      search: 'host-01',
      state: 'pending',
      waiting: true,
    });
  });

  test('an operator of some hosts gets those, and from the next page on no more than they are then', async () => {
    const { services, hostIds, names } = await start();
    const theirs = hostIds.slice(0, 300);
    const operator = await personOn(services, { role: 'operator', hostIds: theirs }, { isDownload: true });
    expect((await rowsOf(operator.hosts.export({}))).map(({ fqdn }) => fqdn)).toEqual(names.slice(0, 300));

    const pieces = await open(operator.hosts.export({}));
    await pieces.next();
    const { id } = (await operator.users.me())!;
    await services.db.delete(roleGrants).where(and(eq(roleGrants.userId, id), eq(roleGrants.hostId, theirs[250]!)));
    const { value } = await pieces.next();
    expect(value!.trim().split('\n')).toHaveLength(99);
    expect(value).not.toContain(names[250]);
  });

  test('whoever is shut out meanwhile gets no further page', async () => {
    const { services, hostIds } = await start();
    const administrator = await administratorOf(services);
    const operator = await personOn(services, { role: 'operator', hostIds }, { isDownload: true });
    const pieces = await open(operator.hosts.export({}));
    await pieces.next();
    await services.db.delete(roleGrants);
    await expect(pieces.next()).rejects.toMatchObject({ appCode: 'auth.forbidden' });
    const again = await open(
      (await personOf(services, 'viewer', 'gone@example.com', { isDownload: true })).hosts.export({}),
    );
    await again.next();
    const { users } = await administrator.users.list({ search: 'gone@' });
    await administrator.users.deactivate({ userId: users[0]!.id });
    await expect(again.next()).rejects.toMatchObject({ appCode: 'auth.required' });
  });
});

test('users, whom only an administrator may read', async () => {
  const services = await testServices();
  const administrator = await personOf(services, 'administrator', 'first@example.com', { isDownload: true });
  await personOf(services, 'viewer', 'second@example.com');
  const rows = await rowsOf(administrator.users.export({ sort: 'email' }));
  expect(rows).toEqual((await administrator.users.list({ sort: 'email' })).users);
  expect(rows.map(({ email }) => email)).toEqual(['first@example.com', 'second@example.com']);
  expect(await rowsOf(administrator.users.export({ role: 'viewer' }))).toHaveLength(1);
  const operator = await personOf(services, 'operator', 'third@example.com', { isDownload: true });
  await expect(operator.users.export({})).rejects.toMatchObject({ appCode: 'auth.forbidden' });
});

test('certificates that agents hold, of the hosts that somebody may see', async () => {
  const { services, hostIds, names } = await start();
  const end = (days: number) => new Date(Date.UTC(2031, 0, 1 + days));
  await services.db
    .insert(certificates)
    .values(
      [3, 1, 2].map((days, i) => ({
        serial: `A${i}`,
        hostId: hostIds[i]!,
        keyFingerprint: `key ${i}`,
        fingerprint: '-',
        pem: '-',
        notBefore: end(days - 90),
        notAfter: end(days),
      })),
    );
  const all = await personOf(services, 'viewer', 'viewer@example.com', { isDownload: true });
  expect(await rowsOf(all.certificates.export({}))).toEqual((await all.certificates.held({})).certificates);
  const some: Caller = await personOn(services, { role: 'viewer', hostIds: hostIds.slice(0, 2) }, { isDownload: true });
  expect((await rowsOf(some.certificates.export({}))).map(({ fqdn }) => fqdn)).toEqual([names[1], names[0]]);
});

test('nothing but a download takes any of them', async () => {
  const { services } = await start();
  const administrator = await administratorOf(services);
  for (const list of ['audit', 'certificates', 'hosts', 'users'] as const)
    await expect(administrator[list].export({}), list).rejects.toMatchObject({ appCode: 'export.download_only' });
});
