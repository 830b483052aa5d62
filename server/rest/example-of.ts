/** As much of JSON Schema as our inputs and outputs use. */
export interface Schema {
  $ref?: string;
  /** Several where it may be null, too. */
  type?: string | string[];
  format?: string;
  const?: unknown;
  default?: unknown;
  enum?: unknown[];
  examples?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
}

/** Of RFC 5737, RFC 3849 and RFC 2606, which nobody has. */
const BY_FORMAT: Record<string, unknown> = {
  uuid: '01890000-0000-7000-8000-000000000000',
  'date-time': '2026-01-31T12:00:00.000Z',
  email: 'admin@example.com',
  ipv4: '192.0.2.7',
  ipv6: '2001:db8::7',
};

/** The example that a schema gives of itself, apart from its parts; undefined when it gives none. */
export const saidOf = (schema: Schema): unknown =>
  schema.examples?.[0] ?? schema.const ?? schema.default ?? schema.enum?.[0] ?? BY_FORMAT[schema.format ?? ''];

/**
 * A value as a schema has it, put together from what its parts say of themselves: `.meta({ examples })`, what can be
 * nothing else, or their format. Text that says nothing is `text`, and what may be anything is null.
 * @param resolve finds what a `$ref` names
 */
export function exampleOf(schema: Schema, resolve: (ref: string) => Schema): unknown {
  if (schema.$ref) return exampleOf(resolve(schema.$ref), resolve);
  const said = saidOf(schema);
  if (said !== undefined) return said;
  // What may be null is more telling when it is not.
  const choice = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null');
  if (choice) return exampleOf(choice, resolve);
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, part]) => [field, exampleOf(part, resolve)]),
      );
    case 'array':
      return [exampleOf(schema.items ?? {}, resolve)];
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return false;
    case 'string':
      return 'text';
    default:
      return null;
  }
}
