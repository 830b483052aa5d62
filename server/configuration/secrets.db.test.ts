/** Secrets in configurations: sealed where they are kept, and in nobody's sight. */
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { agentOf } from '../agents/testing';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, testServices } from '../testing';

const SECRET = 'correct horse battery';
const TEXT = `server:
  proxy: http://proxy.test:3128 # the only way out
  proxy_user: agents
  proxy_password: ${SECRET} # ask the network people
`;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;
let otherId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId, otherId] = (await seedHosts(services.db, [{}, {}])) as [string, string];
});

const machine = (id: string) => callerFor(services, { listener: 'channel', agent: agentOf(id) }).agents;
const save = (document: string, etag = '*') => admin.configuration.saveHost({ hostId, document, etag });

/** Every value of every table, as text. */
async function everything(): Promise<string> {
  const { rows } = await services.db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  expect(rows.length).toBeGreaterThan(20);
  const tables = await Promise.all(
    rows.map(({ name }) => services.db.execute(sql`select to_jsonb(one) as row from ${sql.identifier(name)} one`)),
  );
  return JSON.stringify(tables.map(({ rows }) => rows));
}

test('the machine is given it, and nobody else ever sees it: not in answers, versions, previews, audit or the database', async () => {
  const shown: unknown[] = [await admin.configuration.previewHost({ hostId, text: TEXT })];
  await save(TEXT);
  expect((await machine(hostId).configuration()).document).toEqual({
    server: { proxy: 'http://proxy.test:3128', proxy_user: 'agents', proxy_password: SECRET },
  });
  await admin.configuration.push({
    config_data: { server: { proxy_password: `${SECRET}!` } },
    target_hostname: 'host-1.example.com',
  });
  expect((await machine(otherId).configuration()).document).toEqual({ server: { proxy_password: `${SECRET}!` } });
  const { wanted: first } = await admin.configuration.ofHost({ hostId: otherId });
  // A script says it again, beside something else: nobody connects anew for the same password.
  await admin.configuration.push({
    config_data: { server: { proxy_password: `${SECRET}!` } },
    target_hostname: 'host-1.example.com',
  });
  expect((await admin.configuration.ofHost({ hostId: otherId })).wanted).toEqual(first);
  const sealed = (await admin.configuration.host({ hostId: otherId })).text;
  await admin.configuration.push({
    config_data: { server: { proxy_password: `${SECRET}!` }, log: { level: 'info' } },
    target_hostname: 'host-1.example.com',
  });
  expect((await admin.configuration.host({ hostId: otherId })).text).toBe(`${sealed}log:\n  level: info\n`);
  const { text } = await admin.configuration.host({ hostId });
  expect(text).toMatch(/proxy_password: sealed:\S+ # ask the network people\n$/);
  shown.push(
    text,
    await admin.configuration.host({ hostId }),
    await admin.configuration.hostVersions({ hostId }),
    await admin.configuration.previewHost({ hostId, text: '' }),
    await admin.configuration.ofHost({ hostId }),
    await admin.configuration.ofHost({ hostId: otherId }),
    await admin.audit.list({}),
  );
  expect(JSON.stringify(shown)).not.toContain(SECRET);
  expect(await everything()).not.toContain(SECRET);
  expect((await admin.configuration.ofHost({ hostId })).wanted.document).toMatchObject({
    server: { proxy_password: '(secret)' },
  });
});

test('saved again as it is shown it stays, also when one goes back to it; another is another', async () => {
  await save(TEXT);
  const [{ text }, { wanted: first }] = [
    await admin.configuration.host({ hostId }),
    await admin.configuration.ofHost({ hostId }),
  ];
  await save(`# seen\n${text}`);
  expect((await admin.configuration.ofHost({ hostId })).wanted.hash).toBe(first.hash);
  await save(TEXT.replace(SECRET, 'another'));
  expect((await machine(hostId).configuration()).document).toMatchObject({ server: { proxy_password: 'another' } });
  await save(text);
  expect((await machine(hostId).configuration()).document).toMatchObject({ server: { proxy_password: SECRET } });
});

test('whoever may write one layer does not get the password of another sent to a proxy of theirs', async () => {
  const fleetId = (await admin.fleets.create({ name: 'Linux', rule: 'platform = linux' })).id;
  const saveFleet = (document: string) => admin.configuration.saveFleet({ fleetId, document, etag: '*' });
  const wanted = async () => {
    const { sources } = await admin.configuration.ofHost({ hostId });
    const { document } = await machine(hostId).configuration();
    return { server: (document as { server?: unknown }).server, keys: Object.keys(sources).sort() };
  };
  const theirs = { proxy: 'http://proxy.test:3128', proxy_user: 'agents', proxy_password: SECRET };
  const all = ['server.proxy', 'server.proxy_password', 'server.proxy_user'];
  await admin.configuration.saveGlobal({ document: TEXT, etag: '"0"' });
  await saveFleet('server: { proxy: "http://mine.test:3128" }');
  expect(await wanted()).toEqual({ server: { proxy: 'http://mine.test:3128' }, keys: ['server.proxy'] });
  // Also the other way round: a password of a narrower layer is not for the proxy of a wider one.
  await saveFleet('server: { proxy_password: fleet }');
  expect((await wanted()).server).toEqual({ proxy: 'http://proxy.test:3128', proxy_user: 'agents' });
  await saveFleet('');
  expect(await wanted()).toEqual({ server: theirs, keys: all });
  await save(TEXT.replace('proxy.test', 'own.test'));
  expect(await wanted()).toEqual({ server: { ...theirs, proxy: 'http://own.test:3128' }, keys: all });
});

test('sealed for one layer it is worth nothing in another', async () => {
  await save(TEXT);
  const { text } = await admin.configuration.host({ hostId });
  const stolen = { hostId: otherId, document: text, etag: '*' };
  await expect(admin.configuration.saveHost(stolen)).rejects.toMatchObject({
    appCode: 'configuration.invalid',
    cause: expect.objectContaining({ message: expect.stringContaining('line 4, column 3') }),
  });
  const { issues } = await admin.configuration.previewHost({ hostId: otherId, text });
  expect(issues).toEqual([
    { path: 'server.proxy_password', line: 4, column: 3, message: expect.stringContaining('write the secret itself') },
  ]);
  for (const made of ['sealed:', 'sealed:AAAA', `sealed:${'A'.repeat(80)}`])
    await expect(save(TEXT.replace(SECRET, made))).rejects.toMatchObject({ appCode: 'configuration.invalid' });
});

test('a server with another secret says that it cannot open it, and sends nothing', async () => {
  await save(TEXT);
  await services.db.execute(
    sql`update configuration_layer set document = jsonb_set(document, '{server,proxy_password}', '"sealed:AAAA"')`,
  );
  await expect(machine(hostId).configuration()).rejects.toMatchObject({ appCode: 'configuration.secret_lost' });
  // Whoever looks at the host need not wait for it.
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({
    status: 'failed',
    message: expect.stringMatching(/encrypted with another secret of the server: write it anew/),
  });
  await save(TEXT);
  expect(await admin.configuration.ofHost({ hostId })).toMatchObject({ status: 'waiting', message: '' });
});
