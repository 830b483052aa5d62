import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../db/open-database';
import { createEventBus } from '../events';
import { seedHosts } from '../hosts/testing';
import { createHub } from '../live/hub';
import { openPage } from '../live/testing';
import { administratorOf, personOf, personOn, sessionOf, testServices } from '../testing';
import { keepSettled } from './keep-settled';
import { settleDue } from './settle-due';
import { registerFleets } from './topic';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let web: string;
let db: string;
let fleetId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [web, db] = (await seedHosts(services.db, [{ tags: ['env:prod'] }, {}])) as [string, string];
  ({ id: fleetId } = await admin.fleets.create({ name: 'Shop', rule: 'tags has "env:prod"', tags: ['shop'] }));
});

function settling(given: Partial<typeof services> = {}) {
  const kept = keepSettled({ ...services, ...given });
  onTestFinished(() => kept.stop());
}

const version = (key: string, to: unknown = expect.any(String)) => ({ kind: 'value', key, value: { version: to } });
const inFleets = (key: string, ...fleets: object[]) => ({
  ...{ kind: 'value', key },
  value: { fleets: fleets.map((fleet) => expect.objectContaining(fleet) as object) },
});
/** Until it is told; what a page has already may be told before. */
async function hear(page: Awaited<ReturnType<typeof openPage>>, topic: string, change: object): Promise<void> {
  const isToldBy = expect.arrayContaining([change]) as { asymmetricMatch(told: unknown): boolean };
  while (!isToldBy.asymmetricMatch(await page.nextOf(topic)));
}
const shop = () => ({ id: fleetId, name: 'Shop', tags: ['shop'], how: 'ruled' });

/** Acts as a person of another process, of whose events this one hears nothing. */
const elsewhere = () => personOf({ ...services, events: createEventBus() }, 'administrator', 'there@example.com');

test('whoever sees all hosts is told that a host entered or left a fleet, and of which it is in', async () => {
  settling();
  const { key, version: before, feed } = await admin.fleets.live({ fleetId });
  const page = await openPage(services);
  await page.watch({ topic: 'fleets', keys: [key], since: feed }, { topic: 'hostFleets', keys: [web, db] });
  await admin.hosts.update({ hostId: db, tags: ['env:prod'] });
  await hear(page, 'hostFleets', inFleets(db, shop()));
  const entered = await admin.fleets.live({ fleetId });
  expect(entered.version).not.toBe(before);

  const other = await openPage(services);
  await other.watch({ topic: 'fleets', keys: [key], since: feed });
  expect(await other.nextOf('fleets')).toEqual([version(key, entered.version)]);

  await admin.hosts.update({ hostId: db, tags: [] });
  await hear(page, 'hostFleets', inFleets(db));
  await hear(other, 'fleets', version(key, before));
});

test('what another process changed of members, and of what a fleet says, is told too', async () => {
  settling();
  const there = await elsewhere();
  const { key } = await admin.fleets.live({ fleetId });
  const page = await openPage(services);
  await page.watch({ topic: 'hostFleets', keys: [web] });
  await there.fleets.update({ fleetId, name: 'Store', tags: ['store'] });
  await hear(page, 'hostFleets', inFleets(web, { ...shop(), name: 'Store', tags: ['store'] }));

  const member = await openPage(services);
  const { version: before } = await admin.fleets.live({ fleetId });
  await member.watch({ topic: 'fleets', keys: [key] });
  await there.fleets.putHost({ fleetId, hostId: db });
  const { version: now } = await admin.fleets.live({ fleetId });
  expect(now).not.toBe(before);
  await hear(member, 'fleets', version(key, now));
  await there.fleets.delete({ fleetId });
  await hear(member, 'fleets', version(key, ''));
});

test('what was changed between the data and the watch is told, also by another process', async () => {
  const { key, feed, version: before } = await admin.fleets.live({ fleetId });
  await (await elsewhere()).fleets.putHost({ fleetId, hostId: db });
  const other = await openPage(services);
  await other.watch({ topic: 'fleets', keys: [key] });
  settling();
  await other.nextOf('fleets');
  const page = await openPage(services);
  await page.watch({ topic: 'fleets', keys: [key], since: feed });
  const [told] = await page.nextOf('fleets');
  expect(told).toEqual(version(key));
  expect(told).not.toEqual(version(key, before));
});

test('who sees some hosts is told of their fleets, and of nobody in them that nobody has let in', async () => {
  settling();
  const person = await personOn(services, { role: 'viewer', fleetIds: [fleetId] });
  const { id: others } = await admin.fleets.create({ name: 'Others', rule: null });
  await expect(person.fleets.live({ fleetId: others })).rejects.toMatchObject({ appCode: 'fleet.not_found' });
  const { key, feed, version: before } = await person.fleets.live({ fleetId });
  const all = (await admin.fleets.live({ fleetId })).key;
  const page = await openPage(services, sessionOf((await person.users.me())!));
  await page.watch(
    { topic: 'fleets', keys: [key, all, others], since: feed },
    { topic: 'hostFleets', keys: [web], since: feed },
  );
  expect(await page.nextOf('fleets')).toEqual([all, others].map((hidden) => ({ kind: 'gone', key: hidden })));

  const [claimed] = await seedHosts(services.db, [{ approval: 'pending', tags: ['env:prod'], keyFingerprint: 'new' }]);
  await expect.poll(async () => (await admin.fleets.hosts({ fleetId })).hosts.map(({ id }) => id)).toContain(claimed);
  expect((await person.fleets.live({ fleetId })).version).toBe(before);
  await admin.fleets.putHost({ fleetId, hostId: db });
  const now = (await person.fleets.live({ fleetId })).version;
  expect(now).not.toBe(before);
  await hear(page, 'fleets', version(key, now));
});

test('where nothing changes, however many pages are open, one statement a second is all that is asked', async () => {
  let statements = 0;
  const { db: counted, close } = await openDatabase({
    ...{ url: services.url!, directory: '' },
    onQuery: () => void statements++,
  });
  onTestFinished(close);
  const hub = createHub({ log: services.log, sightVersion: async () => 1 });
  registerFleets({ ...services, hub, db: counted });
  const { key } = await admin.fleets.live({ fleetId });
  await settleDue(services);
  for (let n = 0; n < 20; n++) {
    const page = await openPage({ ...services, hub });
    await page.watch({ topic: 'fleets', keys: [key] }, { topic: 'hostFleets', keys: [web, db] });
  }
  const since = performance.now();
  settling({ db: counted });
  await expect.poll(() => statements).toBeGreaterThan(4);
  // What each process asks whenever it starts: two more, and the two reads of what it had not heard of.
  expect(statements).toBeLessThanOrEqual((performance.now() - since) / 1000 + 5);
});
