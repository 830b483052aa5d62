import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { hostEvents, users } from '../../db/schema';
import { administratorOf, registrationOf, strangerOf, testServices } from '../testing';
import { seedHosts } from './testing';

const NOBODY = '01890000-0000-7000-8000-000000000000';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const register = async (fqdn: string) =>
  (await strangerOf(services).agents.register(await registrationOf(fqdn))).enrolmentId;

test('a name means the approved host, else the newest registration', async () => {
  const [first, second] = [await register('web-01.example.com'), await register('web-01.example.com')];
  const found = async () => (await admin.hosts.byFqdn({ fqdn: 'web-01.example.com' })).host.id;
  expect(await found()).toBe(second);
  await admin.hosts.approve({ hostId: first });
  expect(await found()).toBe(first);
});

test('its page has the certificate that counts, who decided, and the newest events first', async () => {
  const hostId = await register('web-01.example.com');
  expect(await admin.hosts.byId({ hostId })).toMatchObject({
    certificate: null,
    host: { state: 'pending', decidedBy: null, certificateExpires: null },
  });

  await admin.hosts.approve({ hostId });
  const approved = await admin.hosts.byId({ hostId });
  expect(approved.host).toMatchObject({
    decidedBy: 'admin@example.com',
    certificateExpires: approved.certificate!.notAfter,
  });
  expect(approved.certificate).toMatchObject({ serial: expect.stringMatching(/^[0-9A-F]+$/), revokedAt: null });

  await admin.hosts.revoke({ hostId });
  const revoked = await admin.hosts.byId({ hostId });
  expect(revoked.certificate).toMatchObject({ serial: approved.certificate!.serial, revokedAt: expect.any(String) });
  expect(revoked.host.certificateExpires).toBeNull();
  expect(revoked.events.map(({ kind }) => kind)).toEqual(['revoked', 'approved', 'registered']);
});

test('what each view of its page loads is its part of the whole', async () => {
  const hostId = await register('web-01.example.com');
  await admin.hosts.approve({ hostId });
  const { hosts } = admin;
  const { feed: _, ...whole } = await hosts.byId({ hostId });
  const { feed, ...page } = await hosts.page({ hostId });
  const certificate = await hosts.certificate({ hostId });
  const events = await hosts.events({ hostId });
  expect({ ...page, certificate, events, samples: await hosts.samples({ hostId }) }).toEqual(whole);
  expect([feed, certificate?.serial, events.length]).toEqual([expect.any(String), expect.any(String), 2]);
  await expect(hosts.page({ hostId: NOBODY })).rejects.toMatchObject({ appCode: 'host.not_found' });
});

test('a long history is cut at its old end', async () => {
  const [hostId] = await seedHosts(services.db, [{}]);
  const events = Array.from({ length: 60 }, (_, i) => ({ hostId: hostId!, kind: 'up' as const, detail: String(i) }));
  await services.db.insert(hostEvents).values(events);
  const shown = (await admin.hosts.byId({ hostId: hostId! })).events;
  expect(shown.map(({ detail }) => detail)).toEqual(Array.from({ length: 50 }, (_, i) => String(59 - i)));
});

test('who decided may be gone, the decision stays', async () => {
  const hostId = await register('web-01.example.com');
  await (await administratorOf(services, 'gone@example.com')).hosts.approve({ hostId });
  await services.db.delete(users).where(eq(users.email, 'gone@example.com'));
  const { host, events } = await admin.hosts.byId({ hostId });
  expect(host).toMatchObject({ decidedBy: null, decidedAt: expect.any(String) });
  expect(events[0]).toMatchObject({ kind: 'approved', actor: 'gone@example.com' });
});

test('what is not there is not found, and what is no id or name is refused', async () => {
  await expect(admin.hosts.byId({ hostId: NOBODY })).rejects.toMatchObject({ appCode: 'host.not_found' });
  await expect(admin.hosts.byFqdn({ fqdn: 'nobody.example.com' })).rejects.toMatchObject({ appCode: 'host.not_found' });
  await expect(admin.hosts.byId({ hostId: "' or true --" })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(admin.hosts.byFqdn({ fqdn: 'a b\0' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('everything a page gets is plain JSON', async () => {
  const hostId = await register('web-01.example.com');
  await admin.hosts.approve({ hostId });
  for (const answer of [
    await admin.hosts.byId({ hostId }),
    await admin.hosts.page({ hostId }),
    await admin.hosts.list({}),
    await admin.hosts.waiting(),
    await admin.hosts.counts(),
  ]) {
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  }
});
