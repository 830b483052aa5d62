import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateOpenApiDocument, type OpenAPIObject } from 'trpc-to-openapi';
import { describeOutput } from '../commands/output/describe-output';
import { AppError, type AppErrorCode, httpStatusOf } from '../errors';
import { describePrometheus } from '../metrics/prometheus/describe-prometheus';
import { projectRoot } from '../process/project';
import { appRouter } from '../router';
import { NEXT_TOKEN_HEADER } from '../tokens/next-token-header';
import { describeExports } from './describe-exports';
import { exampleOf, type Schema } from './example-of';
import { type Meta, TAGS } from './operation';
import { NEXT_TOKEN, type PathOperation, type Responses } from './path-operation';
import { problem } from './refuse';
import { errorWords } from './say-error';

type Contents = Record<string, { schema: Schema; example?: unknown }>;

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };

const DESCRIPTION = `Every operation is a procedure that the pages use too, under the same permissions.

Send \`Authorization: Bearer …\` with one of
* a **token** of \`POST /login\`. It works for one request within ten minutes; a successful answer brings the next one
  in the header \`${NEXT_TOKEN_HEADER}\`. Send one request at a time. After a refusal (4xx) the same token still works;
  after 500 on anything but GET log in again, and look at what was done. A token that is used a second time ends all
  that follow from the same login. When an answer was lost on the way, its token is lost with it: log in again.
* an **API key**, made on the page *API keys* of one's profile. It stays the same and may do what it was made for. The
  right choice for automation.

Errors have one shape, \`Error\`. Rely on \`code\`; \`message\` is for people and in their language.`;

// Flat at run time, by their paths; the type is the tree that clients see.
const procedures = Object.values(appRouter._def.procedures) as unknown as { _def: { meta?: Meta } }[];

/** What any request may meet: with GET and DELETE too, a body is read before anybody knows that nobody wants it. */
const ALWAYS: AppErrorCode[] = [
  'input.invalid',
  'internal',
  'database.away',
  'database.busy',
  'database.full',
  'database.lost',
  'input.too_deep',
  'request.too_large',
  'request.media_type',
  'request.too_slow',
];
const PROTECTED: AppErrorCode[] = [
  'request.crowded',
  'auth.required',
  'token.invalid',
  'token.expired',
  'token.spent',
  'key.invalid',
  'auth.forbidden',
];

let described: OpenAPIObject | undefined;

/**
 * The OpenAPI 3.1 document of everything in the router that is an operation. It is made when it is first asked for: a
 * server that starts has no use for it yet. Whoever has it changes nothing of it.
 */
export const describeApi = () => (described ??= makeDocument());

function makeDocument(): OpenAPIObject {
  const document = generateOpenApiDocument(appRouter, {
    title: 'SysManage',
    description: DESCRIPTION,
    version,
    openApiVersion: '3.1.0',
    baseUrl: '/',
    tags: [...TAGS],
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'A token of `POST /login`, or an API key.' },
    },
    defs: { Error: problem },
  });
  for (const { _def } of procedures) {
    const { openapi, errors = [], example } = _def.meta ?? {};
    if (!openapi) continue;
    const operation = document.paths![openapi.path]![openapi.method.toLowerCase() as 'get']!;
    giveExamples(document, operation, example);
    const codes = [...ALWAYS, ...(openapi.protect ? PROTECTED : []), ...errors];
    operation.responses = { ...success(operation, openapi.protect ?? true), ...refusals(codes) };
  }
  const paths = document.paths!;
  Object.assign(
    paths,
    describeExports((path) => paths[path]!.get!, refusals([...ALWAYS, ...PROTECTED])),
  );
  paths['/commands/{commandId}/runs/{hostId}/output'] = {
    get: describeOutput(
      paths['/commands/{commandId}']!.get!,
      refusals([...ALWAYS, ...PROTECTED, 'command.run_not_found']),
    ),
  };
  paths['/prometheus/hosts'] = {
    get: describePrometheus(paths['/prometheus/targets']!.get!, refusals([...ALWAYS, ...PROTECTED])),
  };
  // What the generator describes errors as, which ours are not.
  const { schemas = {} } = document.components ?? {};
  for (const name of Object.keys(schemas)) if (name.startsWith('error.')) delete schemas[name];
  return document;
}

/** To what is sent and what is answered. */
function giveExamples({ components }: OpenAPIObject, { requestBody, responses }: PathOperation, sent?: object): void {
  const resolve = (ref: string) => components!.schemas![ref.split('/').at(-1)!] as Schema;
  const said = requestBody as { content: Contents } | undefined;
  const answered = responses!['200'] as { content: Contents };
  for (const content of [said?.content, answered.content]) {
    const json = content?.['application/json'];
    if (!json || Object.keys(json.schema).length === 0) continue;
    json.example = (content === said?.content && sent) || exampleOf(json.schema, resolve);
  }
}

/** The one answer that the generator has right, apart from there being none where nothing is returned. */
function success({ responses }: PathOperation, isProtected: boolean): Responses {
  const answer = responses!['200'] as { content: Record<string, { schema: object }> };
  const isEmpty = Object.keys(answer.content['application/json']!.schema).length === 0;
  const headers = isProtected && NEXT_TOKEN;
  return isEmpty
    ? { 204: { description: 'Done.', ...headers } }
    : { 200: { description: 'Done.', content: answer.content, ...headers } };
}

/** Errors by status, each with its sentence as the example. */
function refusals(codes: AppErrorCode[]): Responses {
  const statuses = [...new Set(codes.map((code) => refusalOf(code).status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const those = codes.filter((code) => refusalOf(code).status === status);
      const examples = Object.fromEntries(those.map((code) => [code, { value: refusalOf(code).problem }]));
      return [
        status,
        {
          description: those.map((code) => `\`${code}\``).join(', '),
          ...(PASSING.includes(status) && {
            headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' as const } } },
          }),
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, examples } },
        },
      ];
    }),
  );
}

/** Locked, too many, and a database that does not serve: all end by waiting. */
const PASSING = [423, 429, 503];

const refusalsByCode = new Map<AppErrorCode, ReturnType<typeof describeRefusal>>();

/** Most operations name the same dozen. */
function refusalOf(code: AppErrorCode) {
  const known = refusalsByCode.get(code) ?? describeRefusal(code);
  refusalsByCode.set(code, known);
  return known;
}

function describeRefusal(code: AppErrorCode) {
  const status = httpStatusOf(new AppError(code));
  const problem = {
    code,
    message: errorWords.say(code, 'en', PASSING.includes(status) ? 60 : null),
    requestId: '01890000-0000-7000-8000-000000000000',
    issues: code === 'input.invalid' ? [{ path: 'limit', message: 'must be 200 or less' }] : [],
  };
  return { status, problem };
}
