import { type FormField, inputName } from '../commands/form/form-fields';
import type { Typed } from '../commands/form/read-run-form';
import { SECRETS_TYPED } from '../commands/form/typed-secrets';
import type { SavedCommand } from './saved-types';

/** The form of a saved command: a field for each of its placeholders. */
export const fieldsOfPlaceholders = ({ placeholders }: Pick<SavedCommand, 'placeholders'>): FormField[] =>
  placeholders.map(({ name, label, type, isRequired, choices, min, max }) => ({
    name,
    shape: type,
    isRequired,
    // The browser would choose the first one.
    options: isRequired ? choices : ['', ...choices],
    own: { label: label || name, help: type === 'number' ? within(min, max) : '' },
  }));

function within(min: number | null, max: number | null): string {
  if (min !== null && max !== null) return `${min} – ${max}`;
  return min !== null ? `≥ ${min}` : max !== null ? `≤ ${max}` : '';
}

/** What stands in the fields before anything was typed: what counts for who says nothing. */
export const defaultsOf = ({ placeholders }: Pick<SavedCommand, 'placeholders'>): Typed =>
  Object.fromEntries(
    placeholders.flatMap(({ name, default: value }) => (value === null ? [] : [[inputName(name), String(value)]])),
  );

/**
 * What was given for the placeholders of a command that was made of it, as far as its parameters tell. Secrets are
 * known to nobody, and are said again.
 */
export function valuesGiven(
  { kind, parameters, placeholders }: Pick<SavedCommand, 'kind' | 'parameters' | 'placeholders'>,
  sent: Record<string, unknown>,
): Typed {
  const variables = new Map(
    ((sent.environment ?? []) as { name: string; value: string; isSecret?: boolean }[])
      .filter(({ isSecret }) => !isSecret)
      .map(({ name, value }) => [name, value]),
  );
  const given = (name: string) =>
    kind === 'execute_shell' ? variables.get(`PARAM_${name.toUpperCase()}`) : standingFor(name, parameters, sent);
  const secrets = placeholders.filter(({ type }) => type === 'secret').map(({ name }) => inputName(name));
  return {
    ...Object.fromEntries(
      placeholders.flatMap(({ name }) => {
        const value = given(name);
        return value === undefined ? [] : [[inputName(name), value]];
      }),
    ),
    [SECRETS_TYPED]: secrets.join(' '),
  };
}

function standingFor(name: string, template: Record<string, unknown>, sent: Record<string, unknown>) {
  for (const [key, value] of Object.entries(template)) {
    const [from, to] = Array.isArray(value) ? [value, sent[key] as unknown[] | undefined] : [[value], [sent[key]]];
    const there = to?.[from.indexOf(`{{${name}}}`)];
    // What a placeholder stands for is a text, a number or one of several.
    if (typeof there === 'string' || typeof there === 'number') return String(there);
  }
  return undefined;
}
