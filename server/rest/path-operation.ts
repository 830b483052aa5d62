import type { OpenAPIObject } from 'trpc-to-openapi';
import { NEXT_TOKEN_HEADER } from '../tokens/next-token-header';

/** An operation as the OpenAPI document has it. */
export type PathOperation = NonNullable<NonNullable<OpenAPIObject['paths']>[string]['get']>;
export type Responses = NonNullable<PathOperation['responses']>;

/** What the successful answer of a protected operation has besides its body. */
export const NEXT_TOKEN = {
  headers: {
    [NEXT_TOKEN_HEADER]: {
      description: 'The next token, when the request came with one.',
      schema: { type: 'string' as const },
      example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6…',
    },
  },
};
