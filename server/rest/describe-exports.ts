import { RECORD_FORMATS } from '../audit/export-records';
import { HELD_FORMATS } from '../certificates/export-held';
import { HOST_FORMATS } from '../hosts/export-hosts';
import { CONTENT_TYPES, DEFAULT_FORMAT, EXPORT_FORMATS, type Formats } from '../list/export';
import { EXPORTED } from '../list/serve-exports';
import { USER_FORMATS } from '../users/export-users';
import { NEXT_TOKEN, type PathOperation, type Responses } from './path-operation';

/** What each is called by people, and how its rows are written. */
const EXPORTS = {
  audit: { what: 'audit records', formats: RECORD_FORMATS },
  certificates: { what: 'certificates', formats: HELD_FORMATS },
  hosts: { what: 'hosts', formats: HOST_FORMATS },
  users: { what: 'users', formats: USER_FORMATS },
} satisfies Record<(typeof EXPORTED)[number], { what: string; formats: Formats<never> }>;

/** What a row of them has that a list does not show, as an example. */
const BESIDE: Partial<Record<(typeof EXPORTED)[number], object>> = { hosts: { fleetTags: ['site:north'] } };

/**
 * The exports as operations of the REST API, by their paths. They are no procedures that the generator knows, because
 * their answer is a stream of text; what each takes is what its list takes, without the paging.
 * @param listOf the operation that lists them, with its example
 */
export const describeExports = (listOf: (path: string) => PathOperation, refusals: Responses) =>
  Object.fromEntries(
    EXPORTED.map((name) => [`/${name}/export`, { get: describeExport(name, listOf(`/${name}`), refusals) }]),
  );

function describeExport(name: (typeof EXPORTED)[number], list: PathOperation, refusals: Responses): PathOperation {
  const { what, formats } = EXPORTS[name];
  const filters = (list.parameters ?? []).filter(
    (parameter) => 'name' in parameter && !['cursor', 'limit'].includes(parameter.name),
  );
  const format = {
    name: 'format',
    in: 'query' as const,
    schema: { type: 'string' as const, enum: [...EXPORT_FORMATS], default: DEFAULT_FORMAT },
  };
  const page = list.responses!['200'] as { content: Record<string, { example: object }> };
  const rows = Object.values(page.content['application/json']!.example).find(Array.isArray) as never[];
  const file = (as: keyof typeof CONTENT_TYPES) => ({
    schema: { type: 'string' as const },
    example: formats[as].head(null) + formats[as].line({ ...(rows[0]! as object), ...BESIDE[name] } as never),
  });
  return {
    operationId: `${name}-export`,
    tags: list.tags,
    summary: `Export ${what}`,
    description:
      'All that the filter leaves, in the order of the list, as a file that streams. CSV names its columns by their keys, or in the language that `Accept-Language` names; JSON lines by their keys. An answer that is cut short ends without its last chunk, which HTTP clients report.',
    security: list.security,
    parameters: [format, ...filters],
    responses: {
      200: {
        description: 'Done.',
        ...NEXT_TOKEN,
        content: Object.fromEntries(EXPORT_FORMATS.map((as) => [CONTENT_TYPES[as].split(';')[0]!, file(as)])),
      },
      ...refusals,
    },
  };
}
