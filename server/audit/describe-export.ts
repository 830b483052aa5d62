import { NEXT_TOKEN, type PathOperation, type Responses } from '../rest/path-operation';
import { DEFAULT_FORMAT, EXPORT_FORMATS, FORMATS } from './format-export';

/**
 * The export as an operation of the REST API. It is no procedure that the generator knows, because its answer is a stream
 * of text; what it takes is what the list takes, without the paging.
 */
export function describeExport(list: PathOperation, refusals: Responses): PathOperation {
  const filters = (list.parameters ?? []).filter((parameter) => 'name' in parameter && !['cursor', 'limit'].includes(parameter.name));
  const format = { name: 'format', in: 'query' as const, schema: { type: 'string' as const, enum: [...EXPORT_FORMATS], default: DEFAULT_FORMAT } };
  const file = { schema: { type: 'string' as const } };
  return {
    operationId: 'audit-export',
    tags: list.tags,
    summary: 'Export audit records',
    description: 'Latest first, all of them, as a file that streams. An answer that is cut short ends without its last chunk, which HTTP clients report.',
    security: list.security,
    parameters: [format, ...filters],
    responses: {
      200: {
        description: 'Done.',
        ...NEXT_TOKEN,
        content: Object.fromEntries(EXPORT_FORMATS.map((name) => [FORMATS[name].contentType.split(';')[0]!, file])),
      },
      ...refusals,
    },
  };
}
