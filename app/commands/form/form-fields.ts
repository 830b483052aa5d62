import { textOf } from '../../forms/form-errors';

/** As much of JSON Schema as the parameters of our kinds use. */
interface Schema {
  type?: string;
  enum?: string[];
  maxLength?: number;
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

/**
 * A field of the form, by what is typed into it: `words` with spaces between them, `variables` as NAME=value a line.
 */
export interface FormField {
  name: string;
  shape: 'choice' | 'yes' | 'number' | 'text' | 'secret' | 'long' | 'words' | 'variables';
  options: string[];
  isRequired: boolean;
  /** Of one that no kind has: what people call it, and what may be typed. */
  own?: { label: string; help: string };
}

/** Longer texts than this are typed into several lines. */
const LINE = 10_000;

/** The form of a kind of command, made from the schema of its parameters. */
export function fieldsOf(schema: object): FormField[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    shape: shapeOf(property),
    options: property.enum ?? [],
    isRequired: required.includes(name),
  }));
}

function shapeOf({ type, enum: options, maxLength = 0, format, items }: Schema): FormField['shape'] {
  if (options) return 'choice';
  if (type === 'boolean') return 'yes';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') return items?.type === 'object' ? 'variables' : 'words';
  return maxLength > LINE && !format ? 'long' : 'text';
}

/** Where what is typed stands in the form. */
export const inputName = (field: string) => `parameters.${field}`;
/** Variables whose values nobody is to see again. */
export const SECRET = 'secret';
export const secretsName = (field: string) => `${inputName(field)}.${SECRET}`;

/** The parameters as they were typed. What was left empty is left out; the server judges all of it. */
export function readParameters(fields: readonly FormField[], form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = readField(field, form);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

function readField({ name, shape }: FormField, form: FormData): unknown {
  // Browsers send the ends of lines as CRLF (HTML standard, "constructing the form data set").
  const typed = textOf(form, inputName(name)).replaceAll('\r\n', '\n');
  switch (shape) {
    case 'yes':
      return typed === 'on' || undefined;
    case 'number':
      return typed.trim() === '' ? undefined : isPlaceholder(typed.trim()) ? typed.trim() : Number(typed);
    case 'secret':
      return typed || undefined;
    case 'words':
      return typed.trim() === '' ? undefined : typed.trim().split(/[\s,]+/);
    case 'variables': {
      const secret = textOf(form, secretsName(name));
      const all = [...readVariables(typed), ...readVariables(secret).map((one) => ({ ...one, isSecret: true }))];
      return all.length > 0 ? all : undefined;
    }
    case 'long':
      return typed === '' ? undefined : typed;
    default:
      return typed.trim() || undefined;
  }
}

/** Of a command that is saved: its value is said when it is run. */
const isPlaceholder = (typed: string) => /^\{\{.*\}\}$/.test(typed);

/** A NAME=value a line. */
export const readVariables = (text: string) =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...value] = line.split('=');
      return { name: name.trim(), value: value.join('=') };
    });

/** The same the other way round: what is typed for such parameters. Of secrets only the names are known. */
export function writeParameters(
  fields: readonly FormField[],
  parameters: Record<string, unknown>,
): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap(({ name, shape }) => {
      const value = parameters[name];
      if (value === undefined || value === null || value === false) return [];
      if (shape === 'variables') return writeVariables(name, value as Variable[]);
      return [[inputName(name), shape === 'yes' ? 'on' : writeValue(value)]];
    }),
  );
}

const writeValue = (value: unknown) => (Array.isArray(value) ? value.join(' ') : String(value));

interface Variable {
  name: string;
  value: string;
  isSecret?: boolean;
}

function writeVariables(field: string, variables: readonly Variable[]): [string, string][] {
  const lines = (some: readonly Variable[]) => some.map(({ name, value }) => `${name}=${value}`).join('\n');
  const secret = variables.filter(({ isSecret }) => isSecret).map((one) => ({ ...one, value: '' }));
  return [
    [inputName(field), lines(variables.filter(({ isSecret }) => !isSecret))],
    [secretsName(field), lines(secret)],
  ];
}
