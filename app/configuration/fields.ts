import { textOf } from '../forms/form-errors';

/** What can be chosen beside the text, in the order of the form. The text says it all, and more. */
export const fields = [
  'log.level',
  'heartbeat.interval_seconds',
  'heartbeat.ping_seconds',
  'server.addresses',
  'server.proxy',
  'server.proxy_user',
  'server.proxy_password',
  'discovery.interfaces',
] as const;
export type Field = (typeof fields)[number];

const NUMBERS: readonly Field[] = ['heartbeat.interval_seconds', 'heartbeat.ping_seconds'];
const LISTS: readonly Field[] = ['server.addresses', 'discovery.interfaces'];

/** What is typed and never shown: an empty field leaves it as it is. */
export const isSecret = (field: Field) => field === 'server.proxy_password';

/** The values of a document as the fields show them; empty where it says nothing. */
export function shownOf(document: Record<string, unknown>): Record<Field, string> {
  const shown = (field: Field) => {
    const [section, key] = field.split('.') as [string, string];
    const value = (document[section] as Record<string, unknown> | undefined)?.[key];
    return Array.isArray(value)
      ? value.join(' ')
      : typeof value === 'string' || typeof value === 'number'
        ? `${value}`
        : '';
  };
  return Object.fromEntries(fields.map((field) => [field, isSecret(field) ? '' : shown(field)])) as Record<
    Field,
    string
  >;
}

/**
 * What was chosen: the fields that are another than they were when the form was drawn, with null for what is to be said
 * no more. What cannot be meant is left for the schema to refuse.
 */
export function chosenIn(form: FormData): Record<string, string | number | string[] | null> {
  const changed = fields.filter((field) => form.has(field) && textOf(form, field) !== textOf(form, `was ${field}`));
  return Object.fromEntries(changed.map((field) => [field, meaningOf(field, textOf(form, field).trim())]));
}

function meaningOf(field: Field, text: string): string | number | string[] | null {
  if (text === '') return null;
  if (LISTS.includes(field)) return text.split(/[,\s]+/).filter(Boolean);
  return NUMBERS.includes(field) && /^\d{1,9}$/.test(text) ? Number(text) : text;
}
