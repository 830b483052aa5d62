import { beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { PERMISSIONS } from '../auth/permissions';
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
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string }>;
  security?: unknown[];
}

const document = describeApi();
const paths = document.paths as unknown as Record<string, Record<string, Operation>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation })),
);
type Walked = (typeof operations)[number];

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
  right = {
    ...(await registrationOf('web-02.example.com')),
    fqdn: 'web-01.example.com',
    hostId,
    userId,
    userid: 'administrator@example.com',
    password: PASSWORD,
    email: 'new@example.com',
    role: 'operator',
    name: 'Somebody',
    notes: 'x',
    limit: 10,
  };
});

const bodySchema = ({ operation }: Walked) => operation.requestBody && resolve(operation.requestBody.content['application/json']!.schema);
const { schemas } = document.components as unknown as { schemas: Record<string, Schema> };
const resolve = (schema: Schema): Schema =>
  schema.$ref ? schemas[schema.$ref.split('/').at(-1)!]! : schema;

/** The request with everything it must hold, as right as can be, then changed. */
function requestOf(walked: Walked, change: { fields?: Record<string, unknown>; query?: Record<string, string>; drop?: boolean } = {}) {
  const { path, operation } = walked;
  const values = { ...right, ...change.fields };
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const query = new URLSearchParams(change.query).toString();
  const names = Object.keys(bodySchema(walked)?.properties ?? {});
  const body = operation.requestBody && !change.drop ? Object.fromEntries(names.map((name) => [name, values[name]])) : undefined;
  return { url: query ? `${url}?${query}` : url, body };
}

async function call(walked: Walked, change?: Parameters<typeof requestOf>[1], bearer?: string): Promise<Answer> {
  const { url, body } = requestOf(walked, change);
  // A key makes as many calls as one likes, but cannot log out.
  const who = walked.operation.operationId === 'tokens-logout' ? await logIn(ask) : key;
  return ask(walked.method, url, { bearer: bearer ?? (walked.operation.security ? who : undefined), body });
}

/** Only documented statuses, in the one shape of errors, and never a failure of ours. */
function expectDocumented({ operation, name }: Walked, answer: Answer, what: string) {
  const documented = operation.responses[String(answer.status)];
  expect(documented, `${name}, ${what}: ${answer.status} ${answer.text.slice(0, 300)}`).toBeDefined();
  expect(answer.status, `${name}, ${what}: ${answer.text.slice(0, 300)}`).not.toBe(500);
  if (answer.status < 400) return;
  expect(answer.body).toEqual({ code: expect.any(String), message: expect.any(String), requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), issues: expect.any(Array) });
  const { code, message } = answer.body as { code: string; message: string };
  expect(documented!.description, `${name}, ${what}`).toContain(`\`${code}\``);
  expect(message, `${name}, ${what}`).not.toMatch(/\{\{|^The server refused|errors\./);
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
    ]),
  );
  expect(document.openapi).toBe('3.1.0');
  for (const { operation, name } of operations) {
    expect(operation.summary, name).toMatch(/^[A-Z].{3,}/);
    expect(operation.responses, name).toHaveProperty('400');
  }
});

test('no input holds a number or a truth value as such', () => {
  // The library would make zod coerce it from then on, in the calls of pages too: `fromText` keeps it away.
  const procedures = Object.entries(appRouter._def.procedures) as unknown as [string, { _def: { meta?: Meta; inputs: z.ZodType[] } }][];
  for (const [path, { _def }] of procedures.filter(([, { _def }]) => _def.meta?.openapi)) {
    for (const input of _def.inputs) {
      for (const [field, schema] of Object.entries((input as z.ZodObject).shape)) {
        let inner = schema as z.ZodType & { unwrap?: () => z.ZodType };
        while (['optional', 'nullable', 'default', 'prefault'].includes(inner.type)) inner = inner.unwrap!();
        expect(inner.type, `${path}: ${field}`).not.toMatch(/^(number|int|boolean|bigint|date|object)$/);
      }
    }
  }
});

describe.each(operations)('$name', (walked) => {
  const { operation } = walked;
  const fields = Object.entries(bodySchema(walked)?.properties ?? {});
  const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  const inQuery = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');

  test('valid input succeeds', async () => {
    if (walked.path.endsWith('/revoke')) await ask('PUT', `/host/${String(right.hostId)}/approve`, { bearer: key });
    const answer = await call(walked);
    expect([200, 204], answer.text).toContain(answer.status);
    expectDocumented(walked, answer, 'valid');
  });

  test('whatever is wrong with the input, the answer is a documented refusal', async () => {
    const tried: [string, Parameters<typeof requestOf>[1]][] = [['no body', { drop: true }]];
    for (const [name] of fields) {
      for (const value of [undefined, null, 42, true, [], {}, [[[[]]]], { a: { b: 1 } }, '', '\0', 'x'.repeat(10_000), 'x'.repeat(70_000), Array.from({ length: 1000 }, () => '192.0.2.1')]) {
        tried.push([`${name} = ${JSON.stringify(value)?.slice(0, 30)}`, { fields: { [name]: value } }]);
      }
    }
    for (const { name } of inPath) {
      for (const value of [FOREIGN, 'foreign.example.com', 'x', '%00', '..%2f', '0', 'x'.repeat(5000), '💥']) tried.push([`${name} = ${value.slice(0, 30)}`, { fields: { [name]: value } }]);
    }
    for (const { name } of inQuery) {
      for (const value of ['', '-1', '0', '1e9', '99999999', 'true', 'null', '[]', '{"a":1}', '\0', '%', 'x'.repeat(5000)]) tried.push([`${name}=${value.slice(0, 30)}`, { query: { [name]: value } }]);
    }
    for (const [what, change] of tried) expectDocumented(walked, await call(walked, change), what);
  });

  test.runIf(inPath.some(({ name }) => name.endsWith('Id')))('an id of nobody is not found', async () => {
    const answer = await call(walked, { fields: Object.fromEntries(inPath.map(({ name }) => [name, FOREIGN])) });
    expect(answer.status).toBe(404);
  });

  test.runIf(fields.length > 0)('more than the server reads is 413, whatever is in it', async () => {
    const answer = await ask(walked.method, requestOf(walked).url, { bearer: key, body: { x: 'x'.repeat(70_000) } });
    expect(answer).toMatchObject({ status: 413, body: { code: 'request.too_large' } });
    const deep = await ask(walked.method, requestOf(walked).url, { bearer: key, text: '['.repeat(30_000) });
    expect(deep).toMatchObject({ status: 400, body: { code: 'input.too_deep' } });
  });

  test.runIf(operation.security)('nobody, and whoever shows what is no token, is turned away', async () => {
    const { url, body } = requestOf(walked);
    expect(await ask(walked.method, url, { body })).toMatchObject({ status: 401, body: { code: 'auth.required' }, headers: { 'www-authenticate': 'Bearer' } });
    for (const [bearer, code] of [['x', 'token.invalid'], ['a.b.c', 'token.invalid'], ['smk_x', 'key.invalid']]) {
      expect(await ask(walked.method, url, { body, bearer: bearer! })).toMatchObject({ status: 401, body: { code } });
    }
  });
});
