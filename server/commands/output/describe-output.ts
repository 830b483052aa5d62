import { NEXT_TOKEN, type PathOperation, type Responses } from '../../rest/path-operation';

/**
 * The output of a run as an operation of the REST API. It is no procedure that the generator knows, because its answer
 * is a stream of bytes.
 * @param one the operation that answers with the command
 */
export const describeOutput = (one: PathOperation, refusals: Responses): PathOperation => ({
  operationId: 'commands-outputFile',
  tags: one.tags,
  summary: 'Get what a command wrote on a host',
  description:
    'The bytes as they were written, both streams in order, as far as they are kept: of more than the server keeps the middle is missing.',
  security: one.security,
  parameters: [
    ...['commandId', 'hostId'].map((name) => ({
      ...{ name, in: 'path' as const, required: true },
      schema: { type: 'string' as const, format: 'uuid' },
    })),
    {
      ...{ name: 'stream', in: 'query' as const, description: 'One of the two. Both when left out.' },
      schema: { type: 'string' as const, enum: ['stdout', 'stderr'] },
    },
  ],
  responses: {
    200: {
      description: 'Done.',
      ...NEXT_TOKEN,
      content: { 'application/octet-stream': { schema: { type: 'string' as const }, example: ' 12:00:00 up 1 day\n' } },
    },
    ...refusals,
  },
});
