import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { hostEvents } from '../../db/schema';
import { enrolledHost, HELLO, openAgentClient, serveApi } from '../agents/testing';
import { administratorOf, registrationOf, strangerOf, testServices } from '../testing';

const RENAMED = 'shop-01.example.com';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;
let says: (fqdn: string) => Promise<unknown>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  const enrolled = await enrolledHost(services, admin);
  hostId = enrolled.hostId;
  const { agents } = openAgentClient(services, await serveApi(services), enrolled.shown);
  says = (fqdn) => agents.hello.mutate({ ...HELLO, fqdn });
});

const shown = async () => (await admin.hosts.byId({ hostId })).host;
const namings = async () =>
  (await services.db.select().from(hostEvents).where(eq(hostEvents.hostId, hostId)))
    .filter(({ kind }) => kind === 'renamed' || kind === 'name_adopted')
    .map(({ kind, actor, detail }) => [kind, actor, detail]);

test('a machine that is renamed says so beside its known name, once, and is found by either', async () => {
  const { fqdn: known } = await shown();
  await says(known);
  expect(await namings()).toEqual([]);
  await says(RENAMED);
  await says(RENAMED);
  expect(await shown()).toMatchObject({ fqdn: known, reportedFqdn: RENAMED });
  expect(await namings()).toEqual([['renamed', null, RENAMED]]);
  for (const search of [known, 'shop-01']) {
    expect((await admin.hosts.list({ search })).hosts.map(({ id }) => id)).toEqual([hostId]);
  }
  await says(known);
  expect(await shown()).toMatchObject({ fqdn: known, reportedFqdn: null });
});

test('adopting the name keeps the host, its certificate and its history', async () => {
  await says(RENAMED);
  const before = await admin.hosts.byId({ hostId });
  await admin.hosts.adoptName({ hostId, fqdn: RENAMED });
  const after = await admin.hosts.byId({ hostId });
  expect(after.host).toMatchObject({
    id: hostId,
    fqdn: RENAMED,
    reportedFqdn: null,
    registeredAt: before.host.registeredAt,
  });
  expect(after.certificate).toEqual(before.certificate);
  expect(after.events).toEqual(expect.arrayContaining(before.events));
  expect(await namings()).toEqual([
    ['renamed', null, RENAMED],
    ['name_adopted', 'admin@example.com', `${before.host.fqdn} → ${RENAMED}`],
  ]);
  // Its machine goes on with the certificate of the former name.
  await says(RENAMED);
  expect(await shown()).toMatchObject({ fqdn: RENAMED, reportedFqdn: null });
});

test('only the name that was seen is adopted', async () => {
  await expect(admin.hosts.adoptName({ hostId, fqdn: RENAMED })).rejects.toMatchObject({
    appCode: 'host.name_not_reported',
  });
  await says(RENAMED);
  await says('payroll.example.com');
  await expect(admin.hosts.adoptName({ hostId, fqdn: RENAMED })).rejects.toMatchObject({
    appCode: 'host.name_not_reported',
  });
});

test('a name is not taken from another approved host', async () => {
  const other = await strangerOf(services).agents.register(await registrationOf(RENAMED));
  await admin.hosts.approve({ hostId: other.enrolmentId });
  const before = await shown();
  await says(RENAMED);
  await expect(admin.hosts.adoptName({ hostId, fqdn: RENAMED })).rejects.toMatchObject({ appCode: 'host.name_taken' });
  expect(await shown()).toMatchObject({ fqdn: before.fqdn, reportedFqdn: RENAMED });
});

test('whoever waits under the adopted name is in conflict then; the former name is free', async () => {
  const former = (await shown()).fqdn;
  const waiting = await strangerOf(services).agents.register(await registrationOf(RENAMED));
  await says(RENAMED);
  await admin.hosts.adoptName({ hostId, fqdn: RENAMED });
  expect((await admin.hosts.byId({ hostId: waiting.enrolmentId })).host.state).toBe('conflict');
  expect((await strangerOf(services).agents.register(await registrationOf(former))).status).toBe('pending');
});

test('the host must be approved, and there', async () => {
  await says(RENAMED);
  await admin.hosts.revoke({ hostId });
  await expect(admin.hosts.adoptName({ hostId, fqdn: RENAMED })).rejects.toMatchObject({
    appCode: 'host.not_approved',
  });
  await admin.hosts.delete({ hostId });
  await expect(admin.hosts.adoptName({ hostId, fqdn: RENAMED })).rejects.toMatchObject({ appCode: 'host.not_found' });
});
