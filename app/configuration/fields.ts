import { textOf } from '../forms/form-errors';

/**
 * What can be chosen beside the text, by the sections of the document, in the order of the form: every key that there
 * is.
 */
export const fieldGroups = [
  { section: 'log', fields: ['log.level', 'log.file'] },
  { section: 'heartbeat', fields: ['heartbeat.interval_seconds', 'heartbeat.ping_seconds'] },
  { section: 'server', fields: ['server.addresses', 'server.proxy', 'server.proxy_user', 'server.proxy_password'] },
  { section: 'discovery', fields: ['discovery.interfaces'] },
  { section: 'collectors', fields: ['collectors.off', 'collectors.facts_seconds', 'collectors.most_facts'] },
  {
    section: 'commands',
    fields: ['commands.forbidden', 'commands.run_as', 'commands.concurrency', 'commands.output_bytes'],
  },
] as const;
export type Field = (typeof fieldGroups)[number]['fields'][number];
export const fields: readonly Field[] = fieldGroups.flatMap((group): readonly Field[] => group.fields);

const NUMBERS: readonly Field[] = [
  ...(['heartbeat.interval_seconds', 'heartbeat.ping_seconds', 'collectors.facts_seconds'] as const),
  ...(['collectors.most_facts', 'commands.concurrency', 'commands.output_bytes'] as const),
];

/** What stands between the parts of each: names of users have spaces in them. */
const LISTS: Partial<Record<Field, { joined: string; split: RegExp }>> = {
  ...Object.fromEntries(
    (['server.addresses', 'discovery.interfaces', 'collectors.off', 'commands.forbidden'] as const).map((field) => [
      field,
      { joined: ' ', split: /[,\s]+/ },
    ]),
  ),
  'commands.run_as': { joined: ', ', split: /\s*,\s*/ },
};

/** What is typed and never shown: an empty field leaves it as it is. */
export const isSecret = (field: Field) => field === 'server.proxy_password';

/** The values of a document as the fields show them; empty where it says nothing. */
export function shownOf(document: Record<string, unknown>): Record<Field, string> {
  const shown = (field: Field) => {
    const [section, key] = field.split('.') as [string, string];
    const value = (document[section] as Record<string, unknown> | undefined)?.[key];
    return Array.isArray(value)
      ? value.join(LISTS[field]?.joined)
      : typeof value === 'string' || typeof value === 'number'
        ? `${value}`
        : '';
  };
  return Object.fromEntries(fields.map((field) => [field, isSecret(field) ? '' : shown(field)])) as Record<
    Field,
    string
  >;
}

/** What fields of a form showed when it was drawn, and what they say. */
export type Drawn = Partial<Record<Field, { was: string; is: string }>>;

/** Before anybody has chosen anything. */
export const drawnOf = (document: Record<string, unknown>): Drawn =>
  Object.fromEntries(Object.entries(shownOf(document)).map(([field, value]) => [field, { was: value, is: value }]));

/** As somebody has filled them in, to be drawn again; secrets are typed again. */
export const drawnIn = (form: FormData): Drawn =>
  Object.fromEntries(
    fields
      .filter((field) => form.has(field))
      .map((field) => [field, { was: textOf(form, `was ${field}`), is: isSecret(field) ? '' : textOf(form, field) }]),
  );

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
  const list = LISTS[field];
  if (list) return text.split(list.split).filter(Boolean);
  return NUMBERS.includes(field) && /^\d{1,9}$/.test(text) ? Number(text) : text;
}
