import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeApi } from './describe-api';
import { exampleOf, saidOf, type Schema } from './example-of';

interface Field {
  schema?: Schema;
  example?: unknown;
}
interface Operation {
  parameters?: (Field & { name: string })[];
  requestBody?: { content: Record<string, Field> };
  responses: Record<string, { headers?: Record<string, Field>; content?: Record<string, Field> }>;
}

const resolveNothing = (ref: string): Schema => {
  throw new Error(`${ref} is not expected here`);
};
const exampleFor = (schema: z.ZodType) => exampleOf(z.toJSONSchema(schema) as Schema, resolveNothing);

test('the document is made once, for whoever asks for it first', () => {
  expect(describeApi()).toBe(describeApi());
});

test('every text field of the document has an example', () => {
  const { components, paths } = describeApi() as unknown as {
    components: { schemas: Record<string, Schema> };
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody, responses }]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const answers = Object.entries(responses).flatMap(([status, { headers = {}, content = {} }]) => [
        ...Object.entries(headers).flatMap(([header, field]) => inField(`${name} ${status} ${header}`, field)),
        ...inJson(`${name} ${status}`, content),
      ]);
      const asked = parameters.flatMap((field) => inField(`${name} ${field.name}`, field));
      return [...asked, ...inJson(`${name} body`, requestBody?.content ?? {}), ...answers];
    }),
  );
  const named = Object.entries(components.schemas).flatMap(([name, schema]) => textWithoutExample(name, schema));
  expect([...named, ...operations]).toEqual([]);
});

test('whatever says nothing has an example all the same', () => {
  expect(
    exampleFor(
      z.object({
        a: z.string(),
        b: z.string().nullable(),
        c: z.unknown(),
        d: z.array(z.string()),
        e: z.number().min(5),
      }),
    ),
  ).toEqual({ a: 'text', b: 'text', c: null, d: ['text'], e: 5 });
  expect(exampleOf({ type: ['string', 'null'] }, resolveNothing)).toBe('text');
  expect(exampleOf({ type: 'array' }, resolveNothing)).toEqual([null]);
  expect(exampleOf({ anyOf: [{ type: 'null' }] }, resolveNothing)).toBeNull();
});

test('what a schema says of itself comes first', () => {
  const said = z.object({
    name: z.string().meta({ examples: ['Rack 4'] }),
    role: z.enum(['viewer', 'operator']),
    id: z.uuid(),
  });
  expect(exampleFor(said.nullable())).toEqual({
    name: 'Rack 4',
    role: 'viewer',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(exampleFor(said.meta({ examples: [{ name: 'all' }] }))).toEqual({ name: 'all' });
});

const inField = (name: string, { schema = {}, example }: Field) =>
  example === undefined ? textWithoutExample(name, schema) : [];
const inJson = (name: string, content: Record<string, Field>) =>
  textWithoutExample(name, content['application/json']?.schema ?? { type: 'null' });

/** The names of fields that are text, or may be anything, and of which nobody has said what they look like. */
function textWithoutExample(name: string, schema: Schema): string[] {
  if (schema.$ref || saidOf(schema) !== undefined) return [];
  if (schema.anyOf) return schema.anyOf.flatMap((choice) => textWithoutExample(name, choice));
  if (schema.items) return textWithoutExample(`${name}[]`, schema.items);
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([field, part]) => textWithoutExample(`${name}.${field}`, part));
  return schema.type === undefined || [schema.type].flat().includes('string') ? [name] : [];
}
