import { textOf } from '../../forms/form-errors';
import { type FormField, inputName, readVariables, secretsName } from './form-fields';

/** Where the form names those of its inputs that had a secret before the page was made, and are empty in it. */
export const SECRETS_TYPED = 'secretsTyped';

/** As the server has it: server/commands, `environment`. What is none may be a part of a secret, and is not shown. */
const VARIABLE = /^[A-Za-z_]\w*$/;

/** What of its secrets a page is given again: the names of variables, a line each, and which other inputs had one. */
export function namesOfSecrets(fields: readonly FormField[], form: FormData): Record<string, string> {
  const typed = (name: string) => textOf(form, name);
  const single = fields.flatMap(({ name, shape }) => (shape === 'secret' ? [inputName(name)] : []));
  const several = fields.flatMap(({ name, shape }) => (shape === 'variables' ? [secretsName(name)] : []));
  return {
    ...Object.fromEntries(several.map((name) => [name, linesOf(variablesIn(typed(name)))])),
    [SECRETS_TYPED]: single.filter((name) => typed(name) !== '').join(' '),
  };
}

const linesOf = (names: readonly string[]) => names.map((name) => `${name}=`).join('\n');
const variablesIn = (text: string) => readVariables(text).flatMap(({ name }) => (VARIABLE.test(name) ? [name] : []));

/** Of what a page is made from: the inputs whose secrets are to be typed again. */
export const emptiedIn = (fields: readonly FormField[], typed: Partial<Record<string, string>>): string[] => [
  ...(typed[SECRETS_TYPED] ?? '').split(' '),
  ...fields.map(({ name }) => secretsName(name)).filter((name) => typed[name]),
];

/**
 * The inputs that have lost a secret: a variable without its value, and, where it is sent, what was there when it was
 * previewed. A run without them would be another one than was asked for.
 */
export function lostSecrets(fields: readonly FormField[], form: FormData, { isSent }: { isSent: boolean }): string[] {
  const before = textOf(form, SECRETS_TYPED).split(' ');
  return fields.flatMap(({ name, shape }) => {
    const input = shape === 'variables' ? secretsName(name) : inputName(name);
    const isLost =
      shape === 'variables'
        ? readVariables(textOf(form, input)).some(({ value }) => value === '')
        : shape === 'secret' && isSent && textOf(form, input) === '' && before.includes(input);
    return isLost ? [input] : [];
  });
}
