import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { hosts, hostTags } from '../../../db/schema';
import { administratorOf, personOn, testServices } from '../../testing';
import { seedHosts } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const seed = (...tags: string[][]) =>
  seedHosts(
    services.db,
    tags.map((some) => ({ tags: some })),
  );
const suggested = async (prefix?: string, asker: Pick<typeof admin, 'hosts'> = admin) =>
  (await asker.hosts.suggestTags({ prefix })).tags;

test('tags are found by how they or their values begin, each once, capitals or not', async () => {
  await seed(
    ['env:prod', 'rack:12', 'Prod'],
    ['env:prod', 'env:test', 'owner:web team'],
    ['a:b:prod', 'ENV:Prod', 'x'],
  );
  expect(await suggested('env')).toEqual(['ENV:Prod', 'env:prod', 'env:test']);
  expect(await suggested('ENV:P')).toEqual(['ENV:Prod', 'env:prod']);
  expect(await suggested('prod')).toEqual(['Prod', 'ENV:Prod', 'env:prod']);
  expect(await suggested('b:')).toEqual(['a:b:prod']);
  expect(await suggested(' web ')).toEqual(['owner:web team']);
  expect(await suggested('rod')).toEqual([]);
  const all = ['a:b:prod', 'ENV:Prod', 'env:prod', 'env:test', 'owner:web team', 'Prod', 'rack:12', 'x'];
  expect(await suggested()).toEqual(all);
});

test('what is no pattern is none: a percent sign, an underscore, a letter beyond ASCII', async () => {
  await seed(['100%', 'a_b', 'axb', 'é', 'éa', 'É'], ['機架:4']);
  expect(await suggested('%')).toEqual([]);
  expect(await suggested('a_')).toEqual(['a_b']);
  expect(await suggested('100%')).toEqual(['100%']);
  expect(await suggested('é')).toEqual(['é', 'éa']);
  expect(await suggested('機')).toEqual(['機架:4']);
});

test('at most twenty, those that begin so themselves before those whose value does', async () => {
  await seed(
    Array.from({ length: 15 }, (_, i) => `web-${i + 10}`),
    Array.from({ length: 15 }, (_, i) => `role:web-${i + 10}`),
    Array.from({ length: 30 }, (_, i) => `many-${i + 10}`),
  );
  const found = await suggested('web');
  expect(found).toHaveLength(20);
  expect(found.slice(14, 16)).toEqual(['web-24', 'role:web-10']);
  expect(await suggested('many')).toHaveLength(20);
});

test('never one of a host that is none for whoever asks', async () => {
  const [mine] = (await seed(['env:prod', 'mine:1'], ['env:secret', 'prod', 'x'])) as [string, string];
  const somebody = await personOn(services, { role: 'viewer', hostIds: [mine] });
  expect(await suggested('', somebody)).toEqual(['env:prod', 'mine:1']);
  expect(await suggested('env', somebody)).toEqual(['env:prod']);
  expect(await suggested('prod', somebody)).toEqual(['env:prod']);
  expect(await suggested('secret', somebody)).toEqual([]);
});

test('what machines say is suggested after what people and fleets give, however much it is, and only of hosts let in', async () => {
  const [one, other] = (await seed(['x'], ['env:prod'])) as [string, string];
  await admin.fleets.create({ name: 'Fleet', tags: ['env:of-fleet'] });
  const many = Array.from({ length: 50 }, (_, i) => `env:!${String(i).padStart(4, '0')}`);
  await services.db
    .update(hosts)
    .set({ agentTags: [...many, 'env:prod'] })
    .where(eq(hosts.id, one));
  const found = await suggested('env');
  expect(found).toEqual(['env:prod', 'env:of-fleet', ...many.slice(0, 18)]);
  expect((await suggested('!')).slice(0, 2)).toEqual(many.slice(0, 2));
  const somebody = await personOn(services, { role: 'viewer', hostIds: [other] });
  expect((await suggested('env', somebody)).filter((tag) => tag.includes('!'))).toEqual([]);
  // From a machine's mouth to a person's.
  await admin.hosts.update({ hostId: one, tags: ['env:!0049'] });
  expect((await suggested('env')).slice(0, 2)).toEqual(['env:!0049', 'env:prod']);
  for (const approval of ['revoked', 'rejected'] as const) {
    await services.db.update(hosts).set({ approval }).where(eq(hosts.id, one));
    expect(await suggested('env')).toEqual(['env:prod', 'env:of-fleet']);
  }
  await services.db.update(hosts).set({ approval: 'approved' }).where(eq(hosts.id, one));
  expect((await suggested('env')).slice(0, 2)).toEqual(['env:!0049', 'env:prod']);
});

test('they follow what hosts have', async () => {
  const [one, other] = (await seed(['env:prod', 'old'], ['env:prod'])) as [string, string];
  await admin.hosts.update({ hostId: one, tags: ['env:prod', 'new'] });
  expect(await suggested()).toEqual(['env:prod', 'new']);
  await services.db.update(hosts).set({ notes: 'nothing of tags' });
  await admin.hosts.delete({ hostId: one });
  expect(await suggested()).toEqual(['env:prod']);
  await admin.hosts.update({ hostId: other, tags: [] });
  expect(await suggested()).toEqual([]);
  expect(await services.db.select().from(hostTags).where(eq(hostTags.hostId, other))).toEqual([]);
});

test('a text that no database holds is refused, and one too long', async () => {
  for (const prefix of ['a\0', 'x'.repeat(101)])
    await expect(suggested(prefix)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
