import type { CommandInput, Fault } from '../commands/command-schema';
import { explainIssue } from '../../words/explain-issue';
import { words } from '../../words/words';
import { type Placeholder, standsFor, variableOf, valueOf } from './placeholders';

export type Values = ReadonlyMap<string, string | number>;

interface Template extends CommandInput {
  placeholders: Placeholder[];
}

/** What was given for the placeholders, with what stands for what was not, and what is wrong with it. */
export function readValues(
  placeholders: readonly Placeholder[],
  given: Record<string, unknown>,
): { values: Values; faults: Fault[] } {
  const values = new Map<string, string | number>();
  const faults: Fault[] = [];
  for (const placeholder of placeholders) {
    const { name, isRequired } = placeholder;
    // By its own name alone: every object has a `constructor`.
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? placeholder.default;
    if (value === null) {
      if (isRequired) faults.push({ path: [name], said: words('common.input.missing') });
      continue;
    }
    const { data, error } = valueOf(placeholder).safeParse(value);
    if (error) faults.push({ path: [name], said: explainIssue(error.issues[0]!) });
    else values.set(name, data);
  }
  const known = new Set(placeholders.map(({ name }) => name));
  for (const name of Object.keys(given))
    if (!known.has(name)) faults.push({ path: [name], said: words('server.saved.no_placeholder', { name }) });
  return { values, faults };
}

/**
 * The parameters of a kind with values in the place of placeholders. A script is the same text whatever the values are:
 * it is given them as variables, the ones that were left out empty. All other kinds give what stands in a parameter to
 * programs as arguments; a parameter whose placeholder was left out is left out.
 */
export function fillIn({ kind, parameters, placeholders }: Template, values: Values): Record<string, unknown> {
  if (kind !== 'execute_shell') return fillParameters(parameters, values);
  const { environment = [] } = parameters as { environment?: unknown[] };
  const given = placeholders.map(({ name, type }) => ({
    name: variableOf(name),
    value: String(values.get(name) ?? ''),
    ...(type === 'secret' && { isSecret: true }),
  }));
  return { ...parameters, ...(environment.length + given.length > 0 && { environment: [...environment, ...given] }) };
}

function fillParameters(parameters: Record<string, unknown>, values: Values): Record<string, unknown> {
  const fill = (value: unknown) => {
    const name = standsFor(value);
    return name === undefined ? value : values.get(name);
  };
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([key, value]) => {
      const filled = Array.isArray(value) ? value.map(fill).filter((one) => one !== undefined) : fill(value);
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}

/** Which placeholders stand where in the parameters of a kind, of which some are left out. */
export function placesOf(
  parameters: Record<string, unknown>,
  isLeftOut: (name: string) => boolean = () => false,
): { name: string; path: PropertyKey[] }[] {
  return Object.entries(parameters).flatMap(([key, value]) => {
    const names = (Array.isArray(value) ? value : [value]).map(standsFor);
    return names
      .filter((name) => name === undefined || !isLeftOut(name))
      .flatMap((name, at) => (name === undefined ? [] : [{ name, path: Array.isArray(value) ? [key, at] : [key] }]));
  });
}
