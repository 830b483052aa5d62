import { expect, test } from 'vitest';
import { fieldsOf } from '../commands/form/form-fields';
import { readSavedForm, typedInSaved } from './saved-form-fields';

const FIELDS = fieldsOf({
  type: 'object',
  properties: {
    script: { type: 'string', maxLength: 65_536 },
    environment: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
  },
});

function formOf(values: Partial<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value!);
  return form;
}

test('a form that is shown again has the names of its secrets and none of their values, so that none is lost by it', () => {
  const typed = typedInSaved(
    formOf({
      name: 'Deploy',
      'parameters.script': 'deploy',
      'parameters.environment.secret': 'TOKEN=\nNEW=hush=hush\n',
    }),
  );
  expect(typed).toMatchObject({ name: 'Deploy', 'parameters.script': 'deploy' });
  expect(JSON.stringify(typed)).not.toContain('hush');
  expect(readSavedForm(FIELDS, formOf(typed)).parameters.environment).toEqual([
    { name: 'TOKEN', value: '', isSecret: true },
    { name: 'NEW', value: '', isSecret: true },
  ]);
});
