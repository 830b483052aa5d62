import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { auditRecords, hostEvents, hosts } from '../../db/schema';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';
import { seedHosts } from './testing';

const OLD = new Date(Date.now() - 60_000);
const now = () => new Date().toISOString();

async function start() {
  const services = await testServices();
  const admin = await administratorOf(services);
  const decisions = async () => {
    const rows = await services.db
      .select({ fqdn: hosts.fqdn, approval: hosts.approval })
      .from(hosts)
      .orderBy(hosts.fqdn);
    return Object.fromEntries(rows.map(({ fqdn, approval }) => [fqdn, approval]));
  };
  return { services, admin, decisions };
}

test('all that wait and match are turned away, however many; nobody else', async () => {
  const { services, admin } = await start();
  const flood = Array.from({ length: 450 }, (_, i) => ({
    approval: i % 2 ? ('pending' as const) : ('conflict' as const),
  }));
  const ids = await seedHosts(
    services.db,
    flood.map((host) => ({ ...host, registeredFrom: '203.0.113.7', registeredAt: OLD })),
  );
  const others = await seedHosts(services.db, [
    { approval: 'pending', keyFingerprint: 'honest', fqdn: 'honest.example.com', registeredAt: OLD },
    {
      approval: 'approved',
      keyFingerprint: 'known',
      fqdn: 'known.example.com',
      registeredFrom: '203.0.113.7',
      registeredAt: OLD,
    },
  ]);

  expect(await admin.hosts.rejectMatching({ from: '203.0.113.7', before: now() })).toEqual({ rejected: 450 });
  const rejected = await services.db.select({ id: hosts.id }).from(hosts).where(eq(hosts.approval, 'rejected'));
  expect(rejected.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect((await admin.hosts.waiting()).hosts.map(({ id }) => id)).toEqual([others[0]]);
  const told = await services.db
    .select({ hostId: hostEvents.hostId })
    .from(hostEvents)
    .where(eq(hostEvents.kind, 'rejected'));
  expect(told.map(({ hostId }) => hostId).sort()).toEqual([...ids].sort());

  await services.audit.seal();
  const records = await services.db.select().from(auditRecords).where(eq(auditRecords.action, 'host.rejectMatching'));
  const named = records.flatMap(({ after }) => (after as { hostIds: string[] }).hostIds);
  expect(named.sort()).toEqual([...ids].sort());
  expect(records[0]!.after).toMatchObject({ rejected: 200, filter: { from: '203.0.113.7' } });
});

test('whoever asked after the page was read is not decided on', async () => {
  const { services, admin, decisions } = await start();
  await seedHosts(services.db, [
    { approval: 'pending', keyFingerprint: 'a', fqdn: 'seen.example.com', registeredAt: OLD },
    {
      approval: 'pending',
      keyFingerprint: 'b',
      fqdn: 'later.example.com',
      registeredAt: new Date(Date.now() + 60_000),
    },
  ]);
  expect(await admin.hosts.rejectMatching({ before: now() })).toEqual({ rejected: 1 });
  expect(await decisions()).toEqual({ 'later.example.com': 'pending', 'seen.example.com': 'rejected' });
});

test('who waits for the decision hears of it at once', async () => {
  const { services, admin } = await start();
  const [hostId] = await seedHosts(services.db, [{ approval: 'pending', registeredAt: OLD }]);
  const heard: string[] = [];
  services.events.listen('host.approval_changed', EVERY, (event) => heard.push(event.hostId));
  await admin.hosts.rejectMatching({ before: now() });
  expect(heard).toEqual([hostId]);
});

test('two people at once, and one who approves: each host is decided on once, and nobody waits for ever', async () => {
  const { services, admin, decisions } = await start();
  const ids = await seedHosts(
    services.db,
    Array.from({ length: 30 }, () => ({ approval: 'pending' as const, registeredAt: OLD })),
  );
  const [one, other] = await Promise.all([
    admin.hosts.rejectMatching({ before: now() }),
    admin.hosts.rejectMatching({ before: now() }),
    ...ids.slice(-3).map((hostId) => admin.hosts.reject({ hostId }).catch(() => undefined)),
  ]);
  const byHand = (await services.db.select().from(hostEvents).where(eq(hostEvents.kind, 'rejected'))).length;
  expect(byHand).toBe(30);
  expect(one.rejected + other.rejected).toBeLessThanOrEqual(30);
  expect(new Set(Object.values(await decisions()))).toEqual(new Set(['rejected']));
});

test.each([{}, { before: 'yesterday' }, { before: now(), from: 'x'.repeat(65) }, { before: now(), state: 'approved' }])(
  '%j is refused',
  async (input) => {
    const { admin } = await start();
    await expect(admin.hosts.rejectMatching(input as { before: string })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  },
);
