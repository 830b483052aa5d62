import type { ParseKeys } from 'i18next';
import { asProblem, type Problem } from './problem';

/** What was wrong with a form that was sent: by field, as translation keys, and what the server refused as a whole. */
export interface FormErrors<Field extends string> {
  fields: Partial<Record<Field, ParseKeys>>;
  problem: Problem | null;
}

export function hasErrors(fields: Partial<Record<string, ParseKeys>>): boolean {
  return Object.values(fields).some(Boolean);
}

/** Which field a refusal is about, by its code, and the words for it there. */
export type FieldCodes<Field extends string> = Record<string, Partial<Record<Field, ParseKeys>>>;

/**
 * What the server refused, put beside the fields it names; what it names no field for stands above the form.
 * The server's messages are for programs, so each field has its own words here.
 * @param codes refusals of the whole that are about one field
 */
export function errorsFrom<Field extends string>(
  thrown: unknown,
  words: Record<Field, ParseKeys>,
  codes: FieldCodes<Field> = {},
): FormErrors<Field> {
  const problem = asProblem(thrown);
  const fields: Partial<Record<Field, ParseKeys>> = Object.hasOwn(codes, problem.code)
    ? { ...codes[problem.code] }
    : {};
  for (const { path } of problem.issues) {
    // An item of a list is typed into the list's field.
    const field = path.split('.')[0]!;
    if (Object.hasOwn(words, field)) fields[field as Field] = words[field as Field];
  }
  return { fields, problem: hasErrors(fields) ? null : problem };
}

/** A text field of a sent form. A file or nothing in its place is an empty text. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
