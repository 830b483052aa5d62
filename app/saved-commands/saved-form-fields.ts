import type { ParseKeys } from 'i18next';
import { type FormField, inputName, readParameters, SECRET, writeParameters } from '../commands/form/form-fields';
import type { Typed } from '../commands/form/read-run-form';
import { textOf } from '../forms/form-errors';
import { asProblem, type Problem } from '../forms/problem';
import { placeholderTypes, runBys, type SavedCommand } from './saved-types';

/** What is typed of a placeholder, and where that stands in the form. */
const PARTS = ['name', 'label', 'type', 'default', 'min', 'max', 'choices'] as const;
type Part = (typeof PARTS)[number];
export const partName = (row: number, part: Part | 'isRequired') => `placeholders.${row}.${part}`;

/** The rows of the form that somebody has named. */
const rowsIn = (form: FormData): number[] =>
  [...form.keys()]
    .flatMap((key) => /^placeholders\.(\d+)\.name$/.exec(key)?.[1] ?? [])
    .map(Number)
    .filter((row) => textOf(form, partName(row, 'name')).trim() !== '');

/** What is to be saved, as it was typed; the server judges all of it. */
export function readSavedForm(fields: readonly FormField[], form: FormData) {
  return {
    name: textOf(form, 'name').trim(),
    description: textOf(form, 'description').trim(),
    runBy: runBys.find((one) => one === textOf(form, 'runBy')) ?? 'commands.run',
    parameters: readParameters(fields, form),
    placeholders: rowsIn(form).map((row) => readPlaceholder(form, row)),
  };
}

function readPlaceholder(form: FormData, row: number) {
  const typed = (part: Part) => textOf(form, partName(row, part)).trim();
  const type = placeholderTypes.find((one) => one === typed('type')) ?? 'text';
  const numberOf = (text: string) => (text === '' ? null : Number(text));
  const lines = typed('choices').split(/\r?\n/);
  return {
    ...{ type, name: typed('name'), label: typed('label') },
    isRequired: textOf(form, partName(row, 'isRequired')) === 'on',
    default: type === 'number' ? numberOf(typed('default')) : typed('default') || null,
    min: type === 'choice' ? null : numberOf(typed('min')),
    max: type === 'choice' ? null : numberOf(typed('max')),
    choices: type === 'choice' ? lines.map((line) => line.trim()).filter(Boolean) : [],
  };
}

/** The same the other way round. Of secrets there are the names: one without a value stays as it is. */
export function writeSavedForm(fields: readonly FormField[], saved: SavedCommand): Typed {
  return {
    ...{ name: saved.name, description: saved.description, runBy: saved.runBy },
    ...writeParameters(fields, saved.parameters),
    ...Object.fromEntries(saved.placeholders.flatMap((one, i) => Object.entries(writePlaceholder(one, i)))),
  };
}

const writePlaceholder = (placeholder: SavedCommand['placeholders'][number], row: number): Typed => ({
  ...Object.fromEntries(
    (['name', 'label', 'type', 'default', 'min', 'max'] as const).map((part) => [
      partName(row, part),
      String(placeholder[part] ?? ''),
    ]),
  ),
  [partName(row, 'choices')]: placeholder.choices.join('\n'),
  ...(placeholder.isRequired && { [partName(row, 'isRequired')]: 'on' }),
});

/**
 * What was typed, to be shown again: all but the values of secrets. Their names stay, or the next save would take away
 * those that it does not name.
 */
export function typedInSaved(form: FormData): Typed {
  const typed = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(
    typed.map(([name, value]) => [name, name.endsWith(`.${SECRET}`) ? value.replaceAll(/=.*/g, '=') : value]),
  );
}

/** How many rows of placeholders there are. */
export const rowsTyped = (typed: Typed): number =>
  Math.max(0, ...Object.keys(typed).flatMap((key) => Number(/^placeholders\.(\d+)\./.exec(key)?.[1] ?? -1) + 1));

/** What was wrong with the form: by the names of its fields, or as a whole. */
export interface SavedFormErrors {
  fields: Record<string, ParseKeys | undefined>;
  problem: Problem | null;
}

/** The fields that may be wrong, in their order, each with its words. */
export function wordsOfSaved(fields: readonly FormField[], rows: readonly number[]): Record<string, ParseKeys> {
  const of: Record<Part, ParseKeys> = {
    ...{ name: 'saved.wrong.placeholder', label: 'command.wrong', type: 'saved.wrong.type' },
    ...{ default: 'saved.wrong.default', min: 'saved.wrong.bound', max: 'saved.wrong.bound' },
    choices: 'saved.wrong.choices',
  };
  return {
    ...{ name: 'saved.wrong.name', description: 'command.wrong', runBy: 'command.wrong' },
    ...Object.fromEntries(fields.map(({ name, shape }) => [inputName(name), wordOf(shape)])),
    ...Object.fromEntries(rows.flatMap((row) => PARTS.map((part) => [partName(row, part), of[part]]))),
  };
}

const wordOf = (shape: FormField['shape']): ParseKeys =>
  shape === 'long' ? 'saved.wrong.script' : shape === 'variables' ? 'saved.wrong.variables' : 'saved.wrong.parameter';

/** What the server refused, put beside the fields that it names. */
export function errorsOfSaved(thrown: unknown, fields: readonly FormField[], form: FormData): SavedFormErrors {
  const problem = asProblem(thrown);
  const rows = rowsIn(form);
  const words = wordsOfSaved(fields, rows);
  const found: SavedFormErrors['fields'] = {};
  if (problem.code === 'saved_command.name_taken') found.name = 'saved.nameTaken';
  for (const { path } of problem.issues) {
    const [first, second, third] = path.split('.');
    const name =
      first === 'placeholders' ? partName(rows[Number(second)] ?? 0, third as Part) : path.split('.', 2).join('.');
    if (Object.hasOwn(words, name)) found[name] = words[name];
  }
  return { fields: found, problem: Object.keys(found).length > 0 ? null : problem };
}
