import { expect, test } from 'vitest';
import type { FormField } from './form-fields';
import { typedIn } from './read-run-form';
import { emptiedIn, lostSecrets } from './typed-secrets';

const field = (name: string, shape: FormField['shape']): FormField => ({ name, shape, options: [], isRequired: false });
const FIELDS = [field('script', 'long'), field('environment', 'variables'), field('pin', 'secret')];
const SECRETS = 'parameters.environment.secret';
const PIN = 'parameters.pin';

function formOf(values: Partial<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value!);
  return form;
}

test('a page that is made from a form has the names of its secrets, and none of their values', () => {
  const pasted = 'TOKEN=hush=hush\r\n hush hush\r\n$hush=\n=hush';
  const typed = typedIn(FIELDS, formOf({ 'parameters.script': 'date', [SECRETS]: pasted, [PIN]: 'hush' }));
  expect(typed).toEqual({ 'parameters.script': 'date', [SECRETS]: 'TOKEN=', secretsTyped: PIN });
  expect(emptiedIn(FIELDS, typed)).toEqual(expect.arrayContaining([SECRETS, PIN]));
  expect(typedIn(FIELDS, formOf({ 'parameters.script': 'date' }))).toEqual({ 'parameters.script': 'date' });
});

test('a secret that was typed and is not there any more is missed before anything is sent', () => {
  const lost = (values: Partial<Record<string, string>>, isSent = true) =>
    lostSecrets(FIELDS, formOf(values), { isSent });
  const first = formOf({ [SECRETS]: 'TOKEN=hush', [PIN]: 'hush' });
  expect(lostSecrets(FIELDS, first, { isSent: false })).toEqual([]);
  expect(lost(typedIn(FIELDS, first))).toEqual([SECRETS, PIN]);
  expect(lost({ ...typedIn(FIELDS, first), [SECRETS]: 'TOKEN=hush', [PIN]: 'hush' })).toEqual([]);
  // Without a value a variable is none; a secret that is given up on purpose is one that is previewed without it.
  expect(lost({ [SECRETS]: 'A=1\nTOKEN=' }, false)).toEqual([SECRETS]);
  expect(lost({ secretsTyped: PIN }, false)).toEqual([]);
});
