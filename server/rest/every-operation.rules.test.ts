import { beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import {
  commandRuns,
  commands,
  configurationLayers,
  hostConfigurations,
  hosts,
  savedCommandRunners,
  savedCommands,
} from '../../db/schema';
import { PERMISSIONS } from '../auth/permissions';
import { EXPORTED } from '../list/serve-exports';
import { administratorOf, browserOf, registrationOf, strangerOf, testServices } from '../testing';
import { appRouter } from '../router';
import { describeApi } from './describe-api';
import type { Meta } from './operation';
import { addPerson, type Answer, type Ask, logIn, PASSWORD, serveRestApi } from './testing';

/** As much of JSON Schema as our inputs use. */
interface Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

interface Operation {
  operationId: string;
  summary?: string;
  parameters?: { name: string; in: 'path' | 'query'; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { example?: unknown }> }>;
  security?: unknown[];
}

const document = describeApi();
const paths = document.paths as unknown as Record<string, Record<string, Operation>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);
type Walked = (typeof operations)[number];

/** One that was sent to the host. */
const COMMAND = '01890000-0000-7000-8000-0000000000c0';
const SAVED = '01890000-0000-7000-8000-0000000000c1';
const FOREIGN = 'f0000000-0000-4000-8000-000000000000';

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;
let key: string;
/** What a valid request holds, by the name of the field. */
let right: Record<string, unknown>;

beforeEach(async () => {
  services = await testServices();
  const admin = await administratorOf(services, 'decides@example.com');
  const ownerId = await addPerson(services);
  key = (await (await browserOf(services, ownerId)).apiKeys.create({ name: 'walk', permissions: PERMISSIONS })).key;
  ({ ask } = await serveRestApi(services));
  const registration = await registrationOf('web-01.example.com');
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(registration);
  const { userId } = await admin.users.invite({ email: 'walked@example.com', name: '', role: 'viewer' });
  const newToken = {
    name: 'Rack 4',
    expiresInHours: 1,
    maxUses: 1,
    tags: ['rack-4'],
    autoApprove: false,
    servers: ['https://server.example.com'],
  };
  const { id: fleetId } = await admin.fleets.create({ name: 'Shop' });
  const placeholder = { name: 'service', label: '', type: 'text', isRequired: true } as const;
  await services.db
    .insert(savedCommands)
    .values({
      ...{ id: SAVED, name: 'Restart', kind: 'restart_service', ...TEMPLATE, runBy: 'commands.run' },
      placeholders: [{ ...placeholder, default: null, min: null, max: null, choices: [] }],
      ...{ createdBy: 'decides@example.com', updatedBy: 'decides@example.com' },
    });
  const runnerId = uuidv7();
  await services.db.insert(savedCommandRunners).values({ id: runnerId, savedCommandId: SAVED, role: 'administrator' });
  const act = { act: 'addTags', tags: ['x'] } as const;
  // Whoever walks is its owner: nobody else starts it.
  const owner = await browserOf(services, ownerId);
  const proposed = await owner.jobs.propose({ act, targets: { hostIds: [hostId] } });
  const { id: tokenId } = await admin.enrolmentTokens.create(newToken);
  const expiresAt = new Date(Date.now() + 60_000);
  const command = { kind: 'get_system_info', parameters: {}, targets: { all: true }, timeoutSeconds: 60, expiresAt };
  await services.db.insert(commands).values({ id: COMMAND, author: 'decides@example.com', ...command });
  await services.db.insert(commandRuns).values({ commandId: COMMAND, hostId, state: 'queued', deadline: expiresAt });
  right = {
    ...(await registrationOf('web-02.example.com')),
    fqdn: 'web-01.example.com',
    ...newToken,
    hostId,
    hostIds: [hostId],
    userId,
    tokenId,
    fleetId,
    fleet: fleetId,
    rule: 'platform = "linux"',
    filter: 'not tags has "env:prod"',
    description: 'x',
    userid: 'administrator@example.com',
    password: PASSWORD,
    email: 'new@example.com',
    role: 'operator',
    name: 'Somebody',
    notes: 'x',
    agentTags: ['env:prod'],
    limit: 10,
    to: 'off',
    before: new Date().toISOString(),
    document: { log: { level: 'debug' } },
    message: 'Slow disk',
    etag: '*',
    targets: { hostIds: [hostId] },
    fleetIds: [fleetId],
    kind: 'restart_service',
    parameters: { service: 'nginx', action: 'restart' },
    timeoutSeconds: 60,
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    targetCount: 1,
    commandId: COMMAND,
    savedCommandId: SAVED,
    runnerId,
    savedCommandVersion: 1,
    version: 1,
    placeholders: [placeholder],
    runBy: 'commands.run',
    act,
    jobId: proposed.id,
    outcome: 'waiting',
    port: 9100,
    metrics: 'cpu',
    rules: [{ metric: 'cpu', threshold: 95, back: 85 }],
  };
});

/** What must have happened before a request can succeed. */
const prepare: Record<string, () => Promise<unknown>> = {
  'POST /commands': () => approve(),
  // As its machine has said them.
  'PATCH /hosts/{hostId}': () => services.db.update(hosts).set({ agentTags: right.agentTags as string[] }),
  'PUT /host/{hostId}/revoke': () => approve(),
  'PUT /host/{hostId}/name': () => approve().then(rename),
  'PUT /host/{hostId}/keep': () => approve().then(registerNewcomer),
  'PUT /host/{hostId}/replace': () => approve().then(registerNewcomer),
  'DELETE /users/{userId}/fleets/{fleetId}': () =>
    ask('PUT', `/users/${String(right.userId)}/fleets/${String(right.fleetId)}`, {
      bearer: key,
      body: { role: 'viewer' },
    }),
  'POST /hosts/{hostId}/configuration/adopt': () => drift(),
  'POST /hosts/{hostId}/configuration/put_back': () => drift(),
  'POST /users/{userId}/activate': () => ask('POST', `/users/${String(right.userId)}/deactivate`, { bearer: key }),
};

/** Of two fields either is wanted, as the description says: what comes in the place of one that is left out. */
const instead: Record<string, Record<string, unknown>> = {
  'POST /hosts/rotate hostIds': { all: true },
  'POST /commands kind': { savedCommandId: SAVED, parameters: { service: 'nginx' } },
  'POST /commands/preview kind': { savedCommandId: SAVED, parameters: { service: 'nginx' } },
  'POST /saved-commands/{savedCommandId}/runners role': { email: 'walked@example.com' },
  'POST /saved-commands placeholders': { parameters: { service: 'nginx', action: 'restart' } },
};

/** What an operation means by a field that others have too. */
const TEMPLATE = { parameters: { service: '{{service}}', action: 'restart' } };
const apart: Record<string, Record<string, unknown>> = {
  // Of a kind or a saved command it is one.
  'POST /commands': { savedCommandId: undefined, savedCommandVersion: undefined },
  'POST /commands/preview': { savedCommandId: undefined, savedCommandVersion: undefined },
  'POST /saved-commands': { ...TEMPLATE, name: 'Another' },
  // Of a person by id or e-mail, and a role, it is one.
  'POST /saved-commands/{savedCommandId}/runners': { userId: undefined, email: undefined },
  'PATCH /saved-commands/{savedCommandId}': TEMPLATE,
};

const approve = () => ask('PUT', `/host/${String(right.hostId)}/approve`, { bearer: key });

/** Somebody has set on the machine what is wanted otherwise. */
async function drift() {
  const hostId = String(right.hostId);
  const local = { 'log.level': { value: 'warn', since: new Date().toISOString() } };
  await services.db.insert(hostConfigurations).values({ hostId, local }).onConflictDoNothing();
  await services.db
    .insert(configurationLayers)
    .values({ layer: 'global', version: 1, document: { log: { level: 'debug' } } })
    .onConflictDoNothing();
}

/** A machine of the same name with another key; the request is about it. */
async function registerNewcomer() {
  right.hostId = (await strangerOf(services).agents.register(await registrationOf('web-01.example.com'))).enrolmentId;
}

/** The machine calls itself by another name by now. */
async function rename() {
  right.fqdn = 'shop-01.example.com';
  await services.db.update(hosts).set({ reportedFqdn: 'shop-01.example.com' });
}

const bodySchema = ({ operation }: Walked) =>
  operation.requestBody && resolve(operation.requestBody.content['application/json']!.schema);
const { schemas } = document.components as unknown as { schemas: Record<string, Schema> };
const resolve = (schema: Schema): Schema => (schema.$ref ? schemas[schema.$ref.split('/').at(-1)!]! : schema);

/** The request with everything it must hold, as right as can be, then changed. */
function requestOf(
  walked: Walked,
  change: { fields?: Record<string, unknown>; query?: Record<string, string>; drop?: boolean } = {},
) {
  const { path, operation } = walked;
  const values = { ...right, ...apart[walked.name], ...change.fields };
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const asked = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query' && parameter.required);
  const wanted = Object.fromEntries(asked.map(({ name }) => [name, String(values[name])]));
  const query = new URLSearchParams({ ...wanted, ...change.query }).toString();
  const names = Object.keys(bodySchema(walked)?.properties ?? {});
  const body =
    operation.requestBody && !change.drop ? Object.fromEntries(names.map((name) => [name, values[name]])) : undefined;
  return { url: query ? `${url}?${query}` : url, body };
}

/**
 * That the answer is one that the operation documents, `ask` sees to; a failure of ours is documented too, and is none.
 */
async function call(walked: Walked, change?: Parameters<typeof requestOf>[1]): Promise<Answer> {
  const { url, body } = requestOf(walked, change);
  // A key makes as many calls as one likes, but cannot log out.
  const who = walked.operation.operationId === 'tokens-logout' ? await logIn(ask) : key;
  const answer = await ask(walked.method, url, { bearer: walked.operation.security ? who : undefined, body });
  const told = `${url} ${JSON.stringify(body)?.slice(0, 300)}: ${answer.text.slice(0, 300)}`;
  expect(answer.status, told).not.toBe(500);
  // Then nothing of it was looked at. Whoever guesses passwords is slowed down, as they should be.
  if (walked.path !== '/login') expect(answer.status, told).not.toBe(429);
  return answer;
}

test('there is everything that was asked for', () => {
  const there = operations.map(({ name }) => name.replace(/\{\w+\}/g, '{}'));
  expect(there).toEqual(
    expect.arrayContaining([
      'POST /login',
      'POST /logout',
      'GET /users',
      'POST /users',
      'GET /users/{}',
      'PATCH /users/{}',
      'DELETE /users/{}',
      'POST /users/{}/unlock',
      'GET /hosts',
      'GET /hosts/{}',
      'PATCH /hosts/{}',
      'DELETE /hosts/{}',
      'GET /host/by_fqdn/{}',
      'POST /host/register',
      'PUT /host/{}/approve',
      'PUT /host/{}/reject',
      'PUT /host/{}/revoke',
      'GET /audit',
      'POST /commands',
      'GET /commands',
      'GET /commands/{}',
      'GET /commands/{}/runs',
      'GET /commands/{}/differences',
      'GET /hosts/{}/abilities',
      'GET /commands/{}/runs/{}/output',
      'POST /commands/{}/cancel',
      'GET /saved-commands',
      'POST /saved-commands',
      'GET /saved-commands/{}',
      'PATCH /saved-commands/{}',
      'DELETE /saved-commands/{}',
      'GET /saved-commands/{}/runners',
      'POST /saved-commands/{}/runners',
      'DELETE /saved-commands/{}/runners/{}',
      // The rest of what the pages do to users, hosts and how machines join.
      'POST /users/{}/activate',
      'POST /users/{}/deactivate',
      'POST /users/{}/link',
      'POST /users/{}/sign_out',
      'PUT /host/{}/name',
      'PUT /host/{}/keep',
      'PUT /host/{}/replace',
      'POST /hosts/rotate',
      'GET /fleet',
      'POST /fleet',
      'GET /fleet/{}',
      'PATCH /fleet/{}',
      'DELETE /fleet/{}',
      'GET /fleet/{}/hosts',
      'GET /fleet/{}/hosts/{}',
      'GET /fleet/{}/events',
      'PUT /fleet/{}/hosts/{}',
      'DELETE /fleet/{}/hosts/{}',
      'POST /fleet/preview',
      'PUT /users/{}/fleets/{}',
      'DELETE /users/{}/fleets/{}',
      'GET /enrolment_tokens',
      'POST /enrolment_tokens',
      'PUT /enrolment_tokens/{}/revoke',
    ]),
  );
  expect(document.openapi).toBe('3.1.0');
  const text = JSON.stringify(document);
  for (const name of Object.keys(schemas))
    expect(text, `nothing is a ${name}`).toContain(`"#/components/schemas/${name}"`);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(schemas).toHaveProperty([name!]);
  for (const { operation, name } of operations) {
    expect(operation.summary, name).toMatch(/^[A-Z].{3,}/);
    expect(operation.responses, name).toHaveProperty('400');
  }
});

test('every operation has an example of what is sent, which is taken, and of what is answered, which could be', () => {
  const procedures = Object.values(appRouter._def.procedures) as unknown as {
    _def: { meta?: Meta; inputs: z.ZodType[]; output: z.ZodType };
  }[];
  for (const { path, method, operation, name } of operations) {
    const answered = operation.responses['200']?.content?.['application/json'];
    const sent = operation.requestBody?.content['application/json'];
    if (!answered && !sent) continue;
    const { inputs, output } = procedures.find(
      ({ _def: { meta } }) => meta?.openapi?.path === path && meta.openapi.method === method,
    )!._def;
    if (answered) expect(output.safeParse(answered.example), name).toMatchObject({ success: true });
    if (!sent) continue;
    const ids = Object.fromEntries((operation.parameters ?? []).map((parameter) => [parameter.name, FOREIGN]));
    for (const input of inputs)
      expect(input.safeParse({ ...ids, ...(sent.example as object) }), name).toMatchObject({ success: true });
  }
});

test('each export has an example of each of its formats', () => {
  const exports = operations.filter(({ path }) => path.endsWith('/export'));
  expect(exports.map(({ path }) => path)).toEqual(EXPORTED.map((name) => `/${name}/export`));
  for (const { path, operation } of exports) {
    const { content } = operation.responses['200']!;
    const fields = Object.keys(JSON.parse(content!['application/jsonl']!.example as string) as object);
    const [head, line] = (content!['text/csv']!.example as string).trim().split('\r\n');
    expect(head, path).toBe(fields.map((name) => `"${name}"`).join(','));
    expect(line!.split('","'), path).toHaveLength(fields.length);
  }
});

test('no input holds a number or a truth value as such', () => {
  // The library would make zod coerce it from then on, in the calls of pages too: `fromText` keeps it away.
  const procedures = Object.entries(appRouter._def.procedures) as unknown as [
    string,
    { _def: { meta?: Meta; inputs: z.ZodType[] } },
  ][];
  for (const [path, { _def }] of procedures.filter(([, { _def }]) => _def.meta?.openapi)) {
    for (const input of _def.inputs)
      for (const [field, type] of typesIn(input as z.ZodObject))
        expect(type, `${path}: ${field}`).not.toMatch(/^(number|int|boolean|bigint|date)$/);
  }
});

/** The type of each field, and of each within one. */
function typesIn({ shape }: z.ZodObject): [string, string][] {
  return Object.entries(shape).flatMap(([field, schema]) => {
    let inner = schema as z.ZodType & { unwrap?: () => z.ZodType };
    while (['optional', 'nullable', 'default', 'prefault'].includes(inner.type)) inner = inner.unwrap!();
    return inner instanceof z.ZodObject
      ? typesIn(inner).map(([name, type]): [string, string] => [`${field}.${name}`, type])
      : [[field, inner.type]];
  });
}
const typesOf = (schema: Schema) => [schema, ...(schema.anyOf ?? [])].map(resolve).map(({ type }) => type);

/** Values of every type but those the schema takes, and of none. */
function wrongTyped(schema: Schema): unknown[] {
  const types = typesOf(schema);
  const values: [string, unknown][] = [
    ['null', null],
    ['number', 42],
    ['boolean', true],
    ['array', [[[[]]]]],
    ['object', { a: { b: 1 } }],
    ['string', '\0'],
  ];
  return values
    .filter(([type]) => !types.includes(type) && !(type === 'number' && types.includes('integer')))
    .map(([, value]) => value);
}

/** What is of the right type, and of no use. Some of it is taken: an empty note is one. */
const STRANGE = ['', '\0', 'x', '%00', '..%2f', '0', '💥', '\ud800'];
/** Dates that calendars have and databases do not, or the other way round. */
const STRANGE_DATES = [
  '9999-12-31T23:59:59.000-23:59',
  '0000-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.000+23:59',
  '2026-02-30T00:00:00.000Z',
];
/** Cursors that say such a date, in the shape that ours have. */
const STRANGE_CURSORS = STRANGE_DATES.flatMap((at) =>
  [5, FOREIGN].map((id) => Buffer.from(JSON.stringify([at, id])).toString('base64url')),
);

/** In an address everything is text. */
const OF_NO_TYPE = [
  ...['-1', '1e9', '99999999', 'null', '[]', '{"a":1}', '%'],
  ...STRANGE,
  ...STRANGE_DATES,
  ...STRANGE_CURSORS,
];

const refused = (answer: Answer, what: string) =>
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);

describe.each(operations)('$name', (walked) => {
  const { operation } = walked;
  const body = bodySchema(walked);
  const fields = Object.entries(body?.properties ?? {});
  const required = fields.filter(([name]) => body?.required?.includes(name));
  const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  const inQuery = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');

  test('valid input succeeds', async () => {
    await prepare[`${walked.method} ${walked.path}`]?.();
    const answer = await call(walked);
    expect([200, 204], answer.text).toContain(answer.status);
  });

  // One server for all of it: what has such input is tried, and what is not there cannot be wrong.
  test('all other input is refused, in the shape of every error, or kept as it is', async () => {
    await refusesNobody();
    await refusesWhatNothingReads();
    await namesWhatIsMissing();
    await refusesOtherTypes();
    await refusesWhatIsTooLarge();
    await leavesForeignAlone();
    await takesWhatIsNotRequired();
    await survivesStrangeText();
  });

  /** Nobody, and whoever shows what is no token, is turned away. */
  async function refusesNobody() {
    if (!operation.security) return;
    const { url, body } = requestOf(walked);
    expect(await ask(walked.method, url, { body })).toMatchObject({
      status: 401,
      body: { code: 'auth.required' },
      headers: { 'www-authenticate': 'Bearer' },
    });
    for (const [bearer, code] of [
      ['x', 'token.invalid'],
      ['a.b.c', 'token.invalid'],
      ['smk_x', 'key.invalid'],
    ]) {
      expect(await ask(walked.method, url, { body, bearer: bearer! })).toMatchObject({ status: 401, body: { code } });
    }
  }

  /** An address or headers that nothing reads are 413; so is more than the server reads, and deeper nesting 400. */
  async function refusesWhatNothingReads() {
    const { url } = requestOf(walked);
    const long = 'x'.repeat(17 * 1024);
    for (const [path, headers] of [
      [`${url}?x=${long}`, {}],
      [url, { 'x-large': long }],
    ] as const) {
      const answer = await ask(walked.method, path, { bearer: key, headers });
      expect(answer).toMatchObject({ status: 413, body: { code: 'request.too_large', issues: [] } });
    }
    if (fields.length === 0) return;
    const large = await ask(walked.method, url, { bearer: key, body: { x: 'x'.repeat(70_000) } });
    expect(large).toMatchObject({ status: 413, body: { code: 'request.too_large' } });
    const deep = await ask(walked.method, url, { bearer: key, text: '['.repeat(30_000) });
    expect(deep).toMatchObject({ status: 400, body: { code: 'input.too_deep' } });
  }

  async function namesWhatIsMissing() {
    if (required.length === 0) return;
    const none = await call(walked, { drop: true });
    expect(none.status).toBe(400);
    for (const [name] of required) {
      const answer = await call(walked, { fields: { [name]: undefined } });
      expect(answer).toMatchObject({ status: 400, body: { issues: [expect.objectContaining({ path: name })] } });
    }
  }

  async function takesWhatIsNotRequired() {
    for (const [name] of fields.filter(([name]) => !body?.required?.includes(name))) {
      const { body: answered } = await call(walked, {
        fields: { [name]: undefined, ...instead[`${walked.name} ${name}`] },
      });
      const { issues = [] } = (answered ?? {}) as { issues?: { path: string }[] };
      expect(issues, `without ${name}`).toEqual([]);
    }
  }

  async function refusesOtherTypes() {
    for (const [name, schema] of fields) {
      for (const value of wrongTyped(schema)) {
        refused(await call(walked, { fields: { [name]: value } }), `${name} = ${JSON.stringify(value)}`);
      }
    }
    for (const { name, schema } of inQuery) {
      for (const value of OF_NO_TYPE) {
        const answer = await call(walked, { query: { [name]: value } });
        // Nothing after the sign is what forms send for what was not chosen.
        if (value !== '' && (schema.type !== 'string' || schema.enum)) refused(answer, `${name}=${value}`);
      }
    }
  }

  async function refusesWhatIsTooLarge() {
    for (const [name, schema] of fields) {
      if (typesOf(schema).includes('array')) {
        const answer = await call(walked, {
          fields: { [name]: Array.from({ length: 1001 }, () => (right[name] as unknown[])[0]) },
        });
        expect(answer).toMatchObject({
          status: 400,
          body: { issues: [{ path: name, message: expect.stringMatching(/^must have at most/) }] },
        });
      } else {
        refused(await call(walked, { fields: { [name]: 'x'.repeat(10_000) } }), `a long ${name}`);
      }
    }
    for (const { name } of [...inPath, ...inQuery]) {
      const long = 'x'.repeat(5000);
      const answer = await call(
        walked,
        inPath.some((parameter) => parameter.name === name)
          ? { fields: { [name]: long } }
          : { query: { [name]: long } },
      );
      refused(answer, `a long ${name}`);
    }
  }

  /** What is nobody’s changes nothing, and in a path it is not found; what names nothing is refused. */
  async function leavesForeignAlone() {
    for (const [name, { type }] of fields.filter(([name]) => /Ids?$/.test(name))) {
      const answer = await call(walked, { fields: { [name]: type === 'array' ? [FOREIGN] : FOREIGN } });
      if (answer.status === 200) expect(new Set(Object.values(answer.body as object))).toEqual(new Set([0]));
    }
    if (inPath.length === 0) return;
    const foreign = await call(walked, {
      fields: Object.fromEntries(
        inPath.map(({ name }) => [name, name.endsWith('Id') ? FOREIGN : 'foreign.example.com']),
      ),
    });
    expect(foreign.status).toBe(404);
    for (const { name } of inPath) {
      // Not the empty text, which makes it the address of the list, nor half a character, which no address can hold.
      for (const value of STRANGE.filter((text) => text !== '' && text !== '\ud800')) {
        refused(await call(walked, { fields: { [name]: value } }), `${name} = ${value}`);
      }
    }
  }

  async function survivesStrangeText() {
    for (const [name] of fields) {
      for (const value of STRANGE) await call(walked, { fields: { [name]: value } });
    }
  }
});
