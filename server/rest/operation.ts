import type { OpenApiMeta, OpenApiMethod } from 'trpc-to-openapi';
import type { AppErrorCode } from '../errors';

/** What a procedure says of itself besides its guard and its schemas. */
export type Meta = {
  /** Absent: it is no operation of the REST API. */
  openapi?: OpenApiMeta['openapi'];
  /** What its verb function throws, by name. What every call may meet (no token, wrong input) is added by itself. */
  errors?: readonly AppErrorCode[];
  /** What is sent, where the examples of its fields do not go together. */
  example?: object | undefined;
};

/** In the order of the documentation. */
export const TAGS = [
  'Signing in',
  'Hosts',
  'Fleets',
  'Commands',
  'Jobs',
  'Metrics',
  'Health',
  'Configuration',
  'Joining',
  'Certificates',
  'Users',
  'Audit',
] as const;

interface Operation {
  tag: (typeof TAGS)[number];
  summary: string;
  description?: string;
  errors?: readonly AppErrorCode[];
  example?: object;
  /** Nobody has to show a token for it. */
  isPublic?: boolean;
}

/**
 * Makes a procedure an operation of the REST API too: `can(…).meta(rest('GET', '/hosts', { … })).input(…).output(…)`.
 * Names in braces are fields of its input, which with GET and DELETE are all in the address. An output is needed.
 */
export const rest = (
  method: OpenApiMethod,
  path: `/${string}`,
  { tag, summary, description, errors = [], example, isPublic = false }: Operation,
): Meta => ({ openapi: { method, path, tags: [tag], summary, description, protect: !isPublic }, errors, example });
