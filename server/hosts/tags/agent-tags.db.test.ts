import { beforeEach, expect, test } from 'vitest';
import { agentOf, HELLO } from '../../agents/testing';
import { settleDue } from '../../fleets/settle-due';
import { takeUp } from '../../health/take-up';
import { runJobs } from '../../jobs/run-jobs';
import { administratorOf, callerFor, personOf, testServices } from '../../testing';
import { seedHosts } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId] = (await seedHosts(services.db, [{ fqdn: 'host-0.example.com', tags: ['rack-4', 'both'] }])) as [string];
});

/** Its machine says hello, with tags or as an agent that knows none. */
const says = (tags?: string[]) =>
  callerFor(services, { listener: 'channel', agent: agentOf(hostId) }).agents.hello({ ...HELLO, tags });
const said = async () => {
  const { tags, agentTags } = (await admin.hosts.byId({ hostId })).host;
  return { tags, agentTags };
};
/** What becomes of a job that takes tags from the host. */
async function removing(...tags: string[]) {
  const act = { act: 'removeTags' as const, tags };
  const { id: jobId } = await admin.jobs.propose({ act, targets: { hostIds: [hostId] } });
  await admin.jobs.start({ jobId });
  while (await runJobs(services, () => false));
  return (await admin.jobs.hosts({ jobId })).hosts[0]?.outcome;
}
const found = async (filter: string) => (await admin.hosts.list({ filter })).total;

test('what its machine says stands beside what people say, and goes when the machine says it no longer', async () => {
  await says(['env:prod', 'both', 'env:prod']);
  expect(await said()).toEqual({ tags: ['rack-4', 'both'], agentTags: ['env:prod', 'both'] });
  expect((await admin.hosts.list({})).hosts).toMatchObject([
    { tags: ['rack-4', 'both'], agentTags: ['env:prod', 'both'] },
  ]);
  // An agent of before, which has come back, knows none.
  await says();
  expect(await said()).toEqual({ tags: ['rack-4', 'both'], agentTags: [] });
});

test('it is written when it is another, and told to open pages then', async () => {
  await says(['env:prod']);
  let changes = 0;
  services.events.listen('host.changed', hostId, () => void changes++);
  await says(['env:prod']);
  expect(changes).toBe(0);
  await says(['env:prod', 'rack:12']);
  expect(changes).toBe(1);
});

test.each([
  ['nothing', ['']],
  ['a value without a key', [':prod']],
  ['two in one', ['a,b']],
  ['the end of a line within', ['a\nb']],
  ['what no database holds', ['a\0b']],
  ['what no document holds', ['a\ud800']],
  ['too long', ['x'.repeat(101)]],
  ['too many', Array.from({ length: 51 }, (_, i) => `t${i}`)],
])('a machine cannot say one that is %s', async (_, tags) => {
  await expect(says(tags)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect((await said()).agentTags).toEqual([]);
});

test('filters, rules, rules of health and groups of inventories read what people gave; who asks for all is told both', async () => {
  await says(['env:prod', 'both']);
  expect(await found('tags has both and tags has rack-4')).toBe(1);
  expect(await found('tags has env or tags has "env:prod"')).toBe(0);
  expect(
    await found('all_tags has "env:prod" and all_tags has env and all_tags has rack-4 and all_tags has both'),
  ).toBe(1);
  expect(await found('not all_tags has "env:test" and not all_tags has rack')).toBe(1);
  expect((await takeUp(services.db, [hostId], [])).get(hostId)!.scopes.tags).toEqual(['rack-4', 'both']);
  expect((await admin.hosts.suggestTags({})).tags).toEqual(['both', 'rack-4', 'env:prod']);
  const groups = (await admin.inventory.ansible({})) as Record<string, unknown>;
  expect(
    Object.keys(groups)
      .filter((name) => name.includes('tag_'))
      .sort(),
  ).toEqual(['machine_tag_both', 'machine_tag_env_prod', 'tag_both', 'tag_rack_4']);
  expect(groups['machine_tag_env_prod']).toEqual({ hosts: ['host-0.example.com'] });
  expect(groups['_meta']).toMatchObject({
    hostvars: {
      'host-0.example.com': { sysmanage_tags: ['rack-4', 'both'], sysmanage_machine_tags: ['env:prod', 'both'] },
    },
  });
  const [target] = await admin.inventory.prometheus({});
  expect(target!.labels).toMatchObject({
    __meta_sysmanage_tags: ',rack-4,both,',
    __meta_sysmanage_machine_tags: ',env:prod,both,',
  });
  let text = '';
  const reader = await personOf(services, 'viewer', 'reader@example.com', { isDownload: true });
  for await (const piece of await reader.hosts.export({ format: 'jsonl' })) text += piece;
  expect(JSON.parse(text)).toMatchObject({ tags: ['rack-4', 'both'], agentTags: ['env:prod', 'both'] });
});

test('a fleet by tags, and what it gives, is closed to a machine’s word; one by all tags follows it, and why says so', async () => {
  const rule = 'all_tags has "env:prod"';
  const { id: fleetId } = await admin.fleets.create({ name: 'Production', rule });
  const { id: given } = await admin.fleets.create({ name: 'Given', rule: 'tags has "env:prod"' });
  const members = async (of: string) => (await admin.fleets.hosts({ fleetId: of })).hosts.map(({ fqdn }) => fqdn);
  await says(['env:prod', 'both']);
  await settleDue(services);
  expect(await members(fleetId)).toEqual(['host-0.example.com']);
  expect((await admin.fleets.explain({ fleetId, hostId })).reasons).toEqual([
    { comparison: rule, value: 'rack-4, both, env:prod', holds: true, decides: true },
  ]);
  expect(await members(given)).toEqual([]);
  // From the machine's mouth to a person's: the same tags in all, and another rule is true.
  await admin.hosts.update({ hostId, tags: ['rack-4', 'both', 'env:prod'] });
  await says(['both']);
  await settleDue(services);
  expect([await members(fleetId), await members(given)]).toEqual([['host-0.example.com'], ['host-0.example.com']]);
  await admin.hosts.update({ hostId, tags: [] });
  await settleDue(services);
  expect([await members(fleetId), await members(given)]).toEqual([[], []]);
});

test('nobody changes them but the machine: by a change of the host or by a job', async () => {
  await says(['env:prod', 'rack:12']);
  for (const agentTags of [['env:prod'], [], ['env:prod', 'rack:12', 'more']])
    await expect(admin.hosts.update({ hostId, agentTags, notes: 'not kept' })).rejects.toMatchObject({
      appCode: 'host.tags_of_machine',
    });
  expect((await admin.hosts.byId({ hostId })).host.notes).toBe('');
  // A script that sends back what it was told changes what it means to change.
  await admin.hosts.update({ hostId, agentTags: ['rack:12', 'env:prod'], tags: ['web'] });
  await admin.hosts.update({ hostId, agentTags: ['env:prod', 'rack:12'] });
  expect(await said()).toEqual({ tags: ['web'], agentTags: ['env:prod', 'rack:12'] });

  expect(await removing('web', 'env:prod')).toBe('host.tags_of_machine');
  expect(await said()).toEqual({ tags: ['web'], agentTags: ['env:prod', 'rack:12'] });
});

test('a tag that people gave is taken although the machine says it too', async () => {
  await says(['both']);
  expect(await removing('both')).toBe('done');
  expect(await said()).toEqual({ tags: ['rack-4'], agentTags: ['both'] });
  expect(await found('tags has both')).toBe(0);
});
