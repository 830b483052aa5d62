import { NEXT_TOKEN, type PathOperation, type Responses } from '../rest/path-operation';
import { DEFAULT_FORMAT, EXPORT_FORMATS } from '../list/export';
import { FORMATS } from './format-export';
import type { listRecords } from './list-records';

type ListedPage = Pick<Awaited<ReturnType<typeof listRecords>>, 'records'>;

/**
 * The export as an operation of the REST API. It is no procedure that the generator knows, because its answer is a
 * stream of text; what it takes is what the list takes, without the paging.
 * @param list the operation that lists them, with its example
 */
export function describeExport(list: PathOperation, refusals: Responses): PathOperation {
  const filters = (list.parameters ?? []).filter(
    (parameter) => 'name' in parameter && !['cursor', 'limit'].includes(parameter.name),
  );
  const format = {
    name: 'format',
    in: 'query' as const,
    schema: { type: 'string' as const, enum: [...EXPORT_FORMATS], default: DEFAULT_FORMAT },
  };
  const page = list.responses!['200'] as { content: Record<string, { example: ListedPage }> };
  const [record] = page.content['application/json']!.example.records;
  const file = (name: keyof typeof FORMATS) => ({
    schema: { type: 'string' as const },
    example: FORMATS[name].head + FORMATS[name].line(record!),
  });
  return {
    operationId: 'audit-export',
    tags: list.tags,
    summary: 'Export audit records',
    description:
      'Latest first, all of them, as a file that streams. An answer that is cut short ends without its last chunk, which HTTP clients report.',
    security: list.security,
    parameters: [format, ...filters],
    responses: {
      200: {
        description: 'Done.',
        ...NEXT_TOKEN,
        content: Object.fromEntries(
          EXPORT_FORMATS.map((name) => [FORMATS[name].contentType.split(';')[0]!, file(name)]),
        ),
      },
      ...refusals,
    },
  };
}
