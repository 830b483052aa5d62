import type { ParseKeys } from 'i18next';
import { asProblem, type Problem } from '../../forms/problem';
import { type FormField, inputName, secretsName } from './form-fields';
import { fieldAt, typedCount } from './read-run-form';

/** What was wrong with the form: by the names of its fields, or as a whole. */
export interface RunFormErrors {
  fields: Record<string, ParseKeys | undefined>;
  problem: Problem | null;
}

export const idOf = (name: string) => `run-${name.replaceAll('.', '-')}`;

/** The fields that may be wrong, each with its words. */
export const wordsOf = (fields: readonly FormField[]): Record<string, ParseKeys> => ({
  ...Object.fromEntries(
    fields.flatMap(({ name, shape, isRequired }): [string, ParseKeys][] => [
      [inputName(name), wrong(isRequired)],
      ...(shape === 'variables' ? [[secretsName(name), 'command.secretAgain'] as [string, ParseKeys]] : []),
    ]),
  ),
  on: 'command.wrong',
  platform: 'command.wrong',
  fleetId: 'command.wrong',
  rule: 'command.wrongRule',
  search: 'command.wrong',
  timeoutSeconds: 'command.wrong',
  [typedCount]: 'command.countMissing',
});

const wrong = (isRequired: boolean): ParseKeys => (isRequired ? 'command.required' : 'command.wrong');

/** What the server refused, put beside the fields that it names. @param on how the hosts were chosen */
export function errorsOf(thrown: unknown, known: readonly FormField[], on: string | undefined): RunFormErrors {
  const problem = asProblem(thrown);
  const words = wordsOf(known);
  const fields: RunFormErrors['fields'] = {};
  for (const { path } of problem.issues) {
    const name = fieldAt(path, on);
    if (Object.hasOwn(words, name)) fields[name] = words[name];
  }
  return { fields, problem: Object.keys(fields).length > 0 ? null : problem };
}
