/** Layers as scripts read and write them: by REST, with the headers that HTTP has for versions. */
import { beforeEach, expect, test } from 'vitest';
import { seedHosts } from '../../hosts/testing';
import { addPerson, type Ask, serveRestApi } from '../../rest/testing';
import { administratorOf, browserOf, testServices } from '../../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let ask: (...asked: Parameters<Ask>) => ReturnType<Ask>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  [hostId] = (await seedHosts(services.db, [{ fqdn: 'web-01.example.com' }])) as [string];
  const person = await browserOf(services, await addPerson(services));
  const { key } = await person.apiKeys.create({
    name: 'script',
    permissions: ['hosts.read', 'configuration.read', 'configuration.write'],
  });
  const rest = await serveRestApi(services);
  ask = (method, path, question) => rest.ask(method, path, { bearer: key, ...question });
});

test.each(['global', 'fleet', 'host'])(
  'who has not seen the version that there is does not replace it: %s',
  async (kind) => {
    const owner = {
      global: () => '',
      fleet: async () => `/${(await (await administratorOf(services)).fleets.create({ name: 'Web' })).id}`,
      host: () => `/${hostId}`,
    }[kind]!;
    const path = `/configuration/${kind}${await owner()}`;
    const put = (level: string, etag?: string) =>
      ask('PUT', path, {
        body: { document: { log: { level } } },
        headers: etag === undefined ? {} : { 'if-match': etag },
      });

    const first = await ask('GET', path);
    expect(first).toMatchObject({ status: 200, headers: { etag: '"0"' }, body: { etag: '"0"', version: 0 } });
    expect(await put('debug')).toMatchObject({ status: 428, body: { code: 'configuration.version_needed' } });
    const saved = await put('debug', first.headers.etag);
    expect(saved).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: { etag: '"1"', version: 1 } });
    // Somebody else still has the first.
    expect(await put('warn', first.headers.etag)).toMatchObject({
      status: 412,
      body: { code: 'configuration.changed_meanwhile' },
    });
    expect(await ask('GET', path)).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: { document: { log: { level: 'debug' } } },
    });
    expect(await put('warn', saved.headers.etag)).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    // Who says so replaces whatever there is.
    expect(await put('error', '*')).toMatchObject({ status: 200, headers: { etag: '"3"' } });
    expect((await ask('GET', `${path}/versions`)).body).toMatchObject({
      versions: [{ version: 3 }, { version: 2 }, { version: 1 }],
    });
  },
);

test('what can be told is there as JSON Schema', async () => {
  const { status, body } = await ask('GET', '/configuration/schema');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    $ref: '#/$defs/AgentConfiguration',
    $defs: {
      AgentConfiguration: {
        ...{ type: 'object', additionalProperties: false },
        properties: {
          heartbeat: { properties: { interval_seconds: { type: 'integer', minimum: 5, maximum: 3600 } } },
          server: { properties: { addresses: { type: 'array', minItems: 1, maxItems: 16 } } },
        },
      },
    },
  });
});

test('a script of the first SysManage sets values by name, and is answered in its words', async () => {
  const body = { config_data: { log: { level: 'debug' } }, target_hostname: 'web-01.example.com' };
  expect(await ask('POST', '/api/config/push', { body })).toMatchObject({
    status: 200,
    body: {
      message: 'Configuration pushed',
      results: { 'web-01.example.com': false },
      ...{ total_agents: 1, successful: 0, target: 'web-01.example.com' },
    },
  });
  expect((await ask('GET', `/configuration/host/${hostId}`)).body).toMatchObject({ document: body.config_data });
});
