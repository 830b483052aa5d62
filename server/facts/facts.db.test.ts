import { gzipSync } from 'node:zlib';
import { desc, eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { type Facts, type FactSection, MAX_FACTS_BYTES, MOST_FACTS } from '../../agent/protocol';
import { hostFactChanges, hosts, software } from '../../db/schema';
import { enrolledHost, HELLO, openAgentClient, serveApi } from '../agents/testing';
import { seedHosts } from '../hosts/testing';
import { administratorOf, personOn, testServices } from '../testing';
import { createFactWriter } from './fact-writer';
import { forgetSoftware } from './forget-software';
import { hashFacts } from './unpack-facts';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const pack = (section: FactSection, facts: Facts, hash = hashFacts(facts)) => ({
  section,
  hash,
  content: gzipSync(JSON.stringify(facts)).toString('base64'),
});

async function connectedHost(fqdn?: string) {
  const { shown, hostId } = await enrolledHost(services, admin, fqdn);
  const { agents } = openAgentClient(services, await serveApi(services), shown);
  const tell = (section: FactSection, facts: Facts) => agents.reportFacts.mutate(pack(section, facts));
  return { hostId, agents, tell };
}

/** Of 2,850 bytes that do not compress, which no index takes. */
const LONG_VERSION = String.fromCodePoint(...Array.from({ length: 950 }, (_, n) => 0x4e00 + ((n * 7919) % 20_000)));

test('the server asks for what it lacks and no more, and knows the machine by one hash from then on', async () => {
  const { hostId, agents, tell } = await connectedHost();
  const packages = { bash: '5.2', openssl: '3.0' };
  const system = { kernel: '6.1' };
  const hashes = { packages: hashFacts(packages), system: hashFacts(system) };
  const factsDigest = hashFacts(hashes);
  expect(await agents.hello.mutate({ ...HELLO, factsDigest })).toMatchObject({ areFactsKnown: false });
  expect(await agents.offerFacts.mutate({ hashes })).toEqual({ wanted: ['packages', 'system'] });
  await tell('packages', packages);
  expect(await agents.offerFacts.mutate({ hashes })).toEqual({ wanted: ['system'] });
  await tell('system', system);
  expect(await agents.hello.mutate({ ...HELLO, factsDigest }), 'not yet agreed').toMatchObject({
    areFactsKnown: false,
  });
  expect(await agents.offerFacts.mutate({ hashes })).toEqual({ wanted: [] });
  expect(await agents.hello.mutate({ ...HELLO, factsDigest })).toMatchObject({ areFactsKnown: true });
  const { isComplete, sections } = await admin.facts.get({ hostId });
  expect(isComplete).toBe(true);
  expect(sections.map(({ section, facts }) => [section, facts])).toEqual([
    ['system', system],
    ['packages', packages],
  ]);

  // Told again, or something else: it is not known any more by what it was before.
  await tell('system', { kernel: '6.2' });
  expect((await admin.facts.get({ hostId })).isComplete).toBe(false);
  expect(await agents.hello.mutate({ ...HELLO, factsDigest })).toMatchObject({ areFactsKnown: false });
});

test('what it does not tell of any more is forgotten, once both agree', async () => {
  const { hostId, agents, tell } = await connectedHost();
  const system = { kernel: '6.1' };
  await tell('system', system);
  await tell('reboot', { required: false });
  expect(await agents.offerFacts.mutate({ hashes: { system: hashFacts(system) } })).toEqual({ wanted: [] });
  expect((await admin.facts.get({ hostId })).sections.map(({ section }) => section)).toEqual(['system']);
});

test('what changed is kept, with what it was before; what comes first or again is no change', async () => {
  const { hostId, tell } = await connectedHost();
  await tell('packages', { bash: '5.1', gone: '1', constructor: '1' });
  await tell('packages', { bash: '5.1', gone: '1', constructor: '1' });
  expect((await admin.facts.history({ hostId })).changes).toEqual([]);
  const between = new Date().toISOString();
  await tell('packages', { bash: '5.2', new: '1', constructor: '1' });
  await tell('reboot', { required: false });
  await tell('reboot', { required: true, why: 'linux-image' });
  const { changes } = await admin.facts.history({ hostId });
  expect(changes.map(({ section, name, before, after }) => [section, name, before, after])).toEqual([
    ['reboot', 'why', null, 'linux-image'],
    ['reboot', 'required', false, true],
    ['packages', 'new', null, '1'],
    ['packages', 'gone', '1', null],
    // A version that looks like a number is none.
    ['packages', 'bash', '5.1', '5.2'],
  ]);
  expect((await admin.facts.history({ hostId, section: 'packages', since: between })).changes).toHaveLength(3);
  expect((await admin.facts.history({ hostId, until: between })).changes).toEqual([]);
  const first = await admin.facts.history({ hostId, limit: 4 });
  const rest = await admin.facts.history({ hostId, limit: 4, cursor: first.nextCursor! });
  expect([...first.changes, ...rest.changes]).toEqual(changes);
});

test('which hosts have a package, in which version: as many as there are, of those that somebody may see', async () => {
  const a = await connectedHost('a.example.com');
  const b = await connectedHost('b.example.com');
  const c = await connectedHost('c.example.com');
  await a.tell('packages', { openssl: '3.0', bash: '5' });
  await b.tell('packages', { openssl: '3.0, 1.1' });
  await c.tell('packages', { openssl: '3.1' });
  const all = await admin.facts.software({ name: 'openssl', limit: 2 });
  expect(all.versions).toEqual([
    { version: '3.0', hosts: 2 },
    { version: '3.1', hosts: 1 },
    { version: '1.1', hosts: 1 },
  ]);
  expect(all.hosts.map(({ fqdn }) => fqdn)).toEqual(['a.example.com', 'b.example.com']);
  expect(new Set(all.hosts[1]!.versions)).toEqual(new Set(['3.0', '1.1']));
  const more = await admin.facts.software({ name: 'openssl', limit: 2, cursor: all.nextCursor! });
  expect(more.hosts).toEqual([{ hostId: c.hostId, fqdn: 'c.example.com', versions: ['3.1'] }]);
  expect((await admin.facts.software({ name: 'openssl', version: '3.1' })).hosts).toHaveLength(1);
  expect(await admin.facts.software({ name: 'nothing' })).toEqual({
    versions: [],
    isComplete: true,
    hosts: [],
    nextCursor: null,
  });
  // An upgrade: the old version is nobody's.
  await a.tell('packages', { openssl: '3.1', bash: '5' });
  expect((await admin.facts.software({ name: 'openssl', version: '3.0' })).versions).toEqual([
    { version: '3.0', hosts: 1 },
  ]);
  const some = await personOn(services, { hostIds: [c.hostId], role: 'viewer' });
  const seen = await some.facts.software({ name: 'openssl' });
  expect(seen).toMatchObject({ versions: [{ version: '3.1', hosts: 1 }], hosts: [{ fqdn: 'c.example.com' }] });
});

test('what is not what its hash says, no facts, too many or too large is refused, and nothing is kept', async () => {
  const { hostId, agents } = await connectedHost();
  const refused = { data: { appCode: 'facts.invalid', httpStatus: 400 } };
  const many = Object.fromEntries(Array.from({ length: MOST_FACTS + 1 }, (_, n) => [`${n}`, 1]));
  // Of few packages: each would be a row, and the whole of it is a few kilobytes on the wire.
  const versions = Array.from({ length: 250 }, (_, n) => n.toString(36)).join(', ');
  const manyVersions = Object.fromEntries(Array.from({ length: MOST_FACTS / 250 + 1 }, (_, n) => [`${n}`, versions]));
  const bomb = {
    section: 'system' as const,
    hash: hashFacts({}),
    content: gzipSync(Buffer.alloc(MAX_FACTS_BYTES + 1)).toString('base64'),
  };
  for (const report of [
    pack('system', { kernel: '1' }, hashFacts({ kernel: '2' })),
    pack('system', { kernel: ['1'] } as unknown as Facts, hashFacts({})),
    pack('system', { kernel: 'a\0b' }),
    pack('system', { [`${'k'.repeat(301)}`]: '1' }),
    pack('system', many),
    pack('packages', { app: LONG_VERSION }),
    pack('packages', manyVersions),
    pack('packages', { app: `${versions}, more` }),
    bomb,
    { section: 'system' as const, hash: hashFacts({}), content: Buffer.from('not gzip').toString('base64') },
    { section: 'system' as const, hash: hashFacts({}), content: gzipSync('{"kernel":').toString('base64') },
  ])
    await expect(agents.reportFacts.mutate(report)).rejects.toMatchObject(refused);
  await expect(agents.reportFacts.mutate({ ...bomb, content: 'no base64!' })).rejects.toMatchObject({
    data: { appCode: 'input.invalid' },
  });
  expect((await admin.facts.get({ hostId })).sections).toEqual([]);
});

test('a host that is gone fails none of the others, and a commit that was not heard of writes no change twice', async () => {
  const [gone, stays] = (await seedHosts(services.db, [{}, {}])) as [string, string];
  await services.db.delete(hosts).where(eq(hosts.id, gone));
  const report = (hostId: string, facts: Facts) =>
    services.factWriter.add({ hostId, section: 'system', hash: hashFacts(facts), facts, at: new Date(), bytes: 1 });
  await Promise.all([report(gone, { kernel: '1' }), report(stays, { kernel: '1' })]);
  await report(stays, { kernel: '2' });
  await report(stays, { kernel: '2' });
  expect(await services.db.select().from(hostFactChanges)).toHaveLength(1);
  expect((await admin.facts.get({ hostId: stays })).sections[0]!.facts).toEqual({ kernel: '2' });
});

test('what the database cannot index is refused by itself, and holds up no other host', async () => {
  const [bad, good] = (await seedHosts(services.db, [{}, {}])) as [string, string];
  const report = (hostId: string, facts: Facts) =>
    services.factWriter.add({ hostId, section: 'packages', hash: hashFacts(facts), facts, at: new Date(), bytes: 1 });
  const outcomes = await Promise.allSettled([report(bad, { app: LONG_VERSION }), report(good, { app: '1' })]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect((await admin.facts.get({ hostId: good })).sections).toHaveLength(1);
});

test('when too much waits, an agent is told to come again', async () => {
  const [hostId] = (await seedHosts(services.db, [{}])) as [string];
  const writer = createFactWriter(services);
  const large = { hostId, section: 'system' as const, hash: '', facts: {}, at: new Date(), bytes: 20 * 1024 * 1024 };
  const first = writer.add(large);
  await expect(writer.add(large)).rejects.toMatchObject({ name: 'Shed' });
  await first;
  await writer.add(large);
});

test('machines that all ask what is stored of their facts leave the database to those that say hello', async () => {
  const { agents } = await connectedHost();
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const others = Array.from({ length: 4 }, () => services.factWriter.ask(() => held));
  const answered: string[] = [];
  const offer = agents.offerFacts.mutate({ hashes: {} }).then(() => answered.push('offer'));
  await agents.hello.mutate(HELLO);
  answered.push('hello');
  letGo();
  await Promise.all([...others, offer]);
  expect(answered).toEqual(['hello', 'offer']);
});

test('a machine that makes up changes displaces those, and not what it told before, whoever makes up how much', async () => {
  services = await testServices({ SYSMANAGE_HISTORY_KEEP_ROWS: '100' });
  const [loud, quiet] = (await seedHosts(services.db, [{}, {}])) as [string, string];
  let ms = Date.UTC(2026, 4, 1, 12);
  const report = (hostId: string, section: FactSection, facts: Facts) =>
    services.factWriter.add({ hostId, section, hash: hashFacts(facts), facts, at: new Date(ms++), bytes: 1 });
  const made = (value: number) => Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`${1000 + i}`, value]));
  const changesOf = (hostId: string) =>
    services.db
      .select()
      .from(hostFactChanges)
      .where(eq(hostFactChanges.hostId, hostId))
      .orderBy(desc(hostFactChanges.id));
  await report(quiet, 'users', { ada: 1 });
  await report(quiet, 'users', { ada: 2 });
  await report(loud, 'users', { root: 1 });
  await report(loud, 'users', { root: 1, ada: 1 });
  await report(loud, 'users', { root: 1, ada: 1, eve: 1 });
  ms = Date.UTC(2026, 5, 1, 12);
  for (let i = 0; i < 3; i++) await report(loud, 'packages', made(i));
  await report(loud, 'users', { root: 1, ada: 1, eve: 1, mallory: 1 });
  for (let i = 3; i < 6; i++) await report(loud, 'packages', made(i));
  const left = await changesOf(loud);
  expect(left).toHaveLength(100);
  const users = left.filter(({ section }) => section === 'users');
  expect(users.map(({ name }) => name)).toEqual(['mallory', 'eve', 'ada']);
  // And the newest, whatever it is.
  expect(left.slice(0, 50).every(({ after }) => after === '5')).toBe(true);
  expect(await changesOf(quiet)).toHaveLength(1);
});

test('a name that no host has any more is let go, and what hosts have stays', async () => {
  const [one, other] = (await seedHosts(services.db, [{}, {}])) as [string, string];
  const report = (hostId: string, facts: Facts) =>
    services.factWriter.add({ hostId, section: 'packages', hash: hashFacts(facts), facts, at: new Date(), bytes: 1 });
  const many = Object.fromEntries(Array.from({ length: 4500 }, (_, n) => [`package-${n}`, '1']));
  await report(one, { ...many, bash: '5.1' });
  await report(other, { bash: '5.1', openssl: '3.0' });
  await forgetSoftware(services.db);
  expect(await services.db.select().from(software)).toHaveLength(4502);
  await report(one, { bash: '5.2', 'package-4499': '1' });
  await forgetSoftware(services.db);
  const left = await services.db.select({ name: software.name, version: software.version }).from(software);
  expect(left.map(({ name, version }) => `${name} ${version}`).sort()).toEqual([
    'bash 5.1',
    'bash 5.2',
    'openssl 3.0',
    'package-4499 1',
  ]);
  expect((await admin.facts.software({ name: 'bash' })).hosts).toHaveLength(2);
});

test('of a package with more versions than anybody reads those of most hosts are counted, and no host is hidden', async () => {
  const [many, older, newer] = (await seedHosts(services.db, [{}, {}, {}])) as [string, string, string];
  await services.db.execute(
    sql`insert into software (name, version) select 'app', n::text from generate_series(1, 1000) n`,
  );
  const set = sql`insert into host_software select`;
  await services.db.execute(sql`${set} ${many}, array_agg(id) from software`);
  await services.db.execute(sql`${set} id, array(select id from software where version in ('1', '2')) from host
    where id in (${older}, ${newer})`);
  expect(await admin.facts.software({ name: 'app' })).toMatchObject({ isComplete: true });
  await services.db.execute(sql`insert into software (name, version) values ('app', 'newest')`);
  await services.db.execute(sql`
    update host_software set software_ids = (select array_agg(id) from software) where host_id = ${many}`);
  await services.db.execute(sql`update host_software
    set software_ids = array(select id from software where version in ('1', '3')) where host_id = ${newer}`);
  const { versions, isComplete, hosts } = await admin.facts.software({ name: 'app' });
  expect(isComplete).toBe(false);
  expect(versions).toHaveLength(1000);
  expect(versions.slice(0, 4)).toEqual([
    { version: '1', hosts: 3 },
    { version: '3', hosts: 2 },
    { version: '2', hosts: 2 },
    { version: 'newest', hosts: 1 },
  ]);
  expect(versions.map(({ version }) => version)).not.toContain('4');
  const has = new Map(hosts.map(({ hostId, versions }) => [hostId, versions]));
  expect([...has.keys()].sort()).toEqual([many, older, newer].sort());
  expect([has.get(older), has.get(newer)]).toEqual([
    ['1', '2'],
    ['1', '3'],
  ]);
  expect((await admin.facts.software({ name: 'app', version: '4' })).hosts).toHaveLength(1);
  // What somebody does not see is not told by what is left out.
  const some = await personOn(services, { hostIds: [older], role: 'viewer' });
  expect(await some.facts.software({ name: 'app' })).toMatchObject({
    versions: [
      { version: '2', hosts: 1 },
      { version: '1', hosts: 1 },
    ],
    isComplete: true,
    hosts: [{ hostId: older }],
  });
});
