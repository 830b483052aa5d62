import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { hosts } from '../../../db/schema';
import { expireWaiting } from '../../agents/enrolment/expire-waiting';
import { newTokenOf } from '../../enrolment-tokens/testing';
import { openPage } from '../../live/testing';
import { administratorOf, registrationOf, strangerOf, testServices } from '../../testing';
import type { HostCounts } from './host-counts';
import { seedHosts } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

async function register(fqdn: string, token?: string): Promise<string> {
  const said = { ...(await registrationOf(fqdn)), ...(token && { token }) };
  return (await strangerOf(services).agents.register(said)).enrolmentId;
}

/** By the rows alone, as another process would count. */
async function counted(): Promise<Partial<HostCounts>> {
  const rows = await services.db.select({ approval: hosts.approval }).from(hosts);
  const of = (approval: string) => rows.filter((row) => row.approval === approval).length;
  const { up, down } = services.presence.counts();
  const others = ['pending', 'conflict', 'rejected', 'revoked'].map((approval) => [approval, of(approval)]);
  return { up, down, never: of('approved') - up - down, ...(Object.fromEntries(others) as Partial<HostCounts>) };
}

const after = (ms: number) => new Date(Date.now() + ms);
const patch = (fields: Partial<HostCounts>) => ({ kind: 'patch', key: '', patch: expect.objectContaining(fields) });

test('whatever happens to a host, what is kept is what would be counted', async () => {
  await services.hostCounts.get();
  const acts: Record<string, () => Promise<unknown>> = {};
  const ids: Record<string, string> = {};
  const { credential } = await newTokenOf(admin, { name: 'Rack 4', autoApprove: true });
  acts['registration'] = async () => (ids['a'] = await register('a.example.com'));
  acts['a token that approves'] = async () => (ids['b'] = await register('b.example.com', credential));
  acts['approval'] = () => admin.hosts.approve({ hostId: ids['a']! });
  acts['presence'] = async () => {
    for (const name of ['a', 'b']) services.presence.up(ids[name]!);
    services.presence.down(ids['b']!, 'lost');
  };
  acts['a namesake of an approved one'] = async () => (ids['c'] = await register('a.example.com'));
  acts['keep'] = () => admin.hosts.keep({ hostId: ids['c']! });
  acts['another namesake'] = async () => (ids['d'] = await register('a.example.com'));
  acts['replace'] = () => admin.hosts.replace({ hostId: ids['d']! });
  acts['two of a name'] = async () => [await register('e.example.com'), (ids['e'] = await register('e.example.com'))];
  acts['approval under another name'] = () => admin.hosts.approve({ hostId: ids['e']!, fqdn: 'f.example.com' });
  acts['rejection'] = async () => admin.hosts.reject({ hostId: (ids['g'] = await register('g.example.com')) });
  acts['approval after all'] = () => admin.hosts.approve({ hostId: ids['g']! });
  acts['revocation'] = () => admin.hosts.revoke({ hostId: ids['a']! });
  acts['deletion'] = () => admin.hosts.delete({ hostId: ids['b']! });
  acts['expiry'] = async () => {
    await register('i.example.com');
    await expireWaiting(services, after(365 * 86_400_000));
  };
  for (const [what, act] of Object.entries(acts)) {
    await act();
    expect(await services.hostCounts.get(), what).toEqual(await counted());
  }
});

test('a name that one adopts leaves whoever waits under it in conflict, and the counts say so', async () => {
  const [known] = await seedHosts(services.db, [{ fqdn: 'old.example.com', reportedFqdn: 'new.example.com' }]);
  await services.hostCounts.get();
  await register('new.example.com');
  await admin.hosts.adoptName({ hostId: known!, fqdn: 'new.example.com' });
  const counts = await services.hostCounts.get();
  expect(counts).toEqual(await counted());
  expect(counts.conflict).toBe(1);
});

test('pages are told the counts as they change, without a count of the rows', async () => {
  const [hostId] = await seedHosts(services.db, [{}]);
  const { feed } = await admin.hosts.counts();
  const page = await openPage(services);
  await page.watch({ topic: 'hostCounts', keys: [''], since: feed });
  await services.db.execute(sql`alter table host rename to hidden`);
  try {
    services.presence.up(hostId!);
    expect(await page.nextOf('hostCounts')).toEqual([patch({ up: 1, never: 0 })]);
  } finally {
    await services.db.execute(sql`alter table hidden rename to host`);
  }
});

test('what another process decided is in the counts once they are compared with the rows', async () => {
  const [hostId] = await seedHosts(services.db, [{ approval: 'pending' }, { approval: 'pending' }]);
  const { feed } = await admin.hosts.counts();
  const page = await openPage(services);
  await page.watch({ topic: 'hostCounts', keys: [''], since: feed });
  await services.db.update(hosts).set({ approval: 'rejected' }).where(eq(hosts.id, hostId!));
  expect(await services.hostCounts.get()).toMatchObject({ pending: 2, rejected: 0 });
  await services.hostCounts.confirm();
  expect(await page.nextOf('hostCounts')).toEqual([patch({ pending: 1, rejected: 1 })]);
  expect(await services.hostCounts.get()).toEqual(await counted());
});

test('a decision whose event comes after the count that has it is not counted twice', async () => {
  const [hostId] = await seedHosts(services.db, [{ approval: 'pending' }]);
  await services.hostCounts.get();
  await services.db.update(hosts).set({ approval: 'rejected' }).where(eq(hosts.id, hostId!));
  const confirmed = services.hostCounts.confirm();
  services.events.emit('host.approval_changed', { hostId: hostId!, from: 'pending', to: 'rejected' });
  await confirmed;
  expect(await services.hostCounts.get()).toEqual(await counted());
});

test('a count that failed is not the answer for ever', async () => {
  await services.db.execute(sql`alter table host rename to hidden`);
  try {
    await expect(admin.hosts.counts()).rejects.toThrow();
  } finally {
    await services.db.execute(sql`alter table hidden rename to host`);
  }
  expect((await admin.hosts.counts()).total).toBe(0);
});
