import { expect, test } from 'vitest';
import { fieldsOf, readParameters, writeParameters } from './form-fields';

const text = (maxLength: number) => ({ type: 'string', maxLength });
/** As server/commands/list-kinds.ts says it. */
const SCRIPT = {
  type: 'object',
  properties: {
    script: { ...text(65_536), minLength: 1 },
    interpreter: { type: 'string', pattern: '^sh$' },
    environment: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
    input: text(65_536),
    runAs: { type: 'string' },
  },
  required: ['script'],
};
const UPDATE = {
  type: 'object',
  properties: {
    scope: { type: 'string', enum: ['all', 'security'] },
    packages: { type: 'array', items: { type: 'string' } },
    dryRun: { type: 'boolean' },
    delaySeconds: { type: 'integer', minimum: 0 },
    startedAt: { type: 'string', format: 'date-time' },
  },
  required: ['scope'],
};

function formOf(values: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
}

test('each parameter has the field that suits it', () => {
  const shapes = (schema: object) => fieldsOf(schema).map(({ name, shape }) => `${name}: ${shape}`);
  expect(shapes(SCRIPT)).toEqual([
    'script: long',
    'interpreter: text',
    'environment: variables',
    'input: long',
    'runAs: text',
  ]);
  expect(shapes(UPDATE)).toEqual([
    'scope: choice',
    'packages: words',
    'dryRun: yes',
    'delaySeconds: number',
    'startedAt: text',
  ]);
  expect(fieldsOf(UPDATE)[0]).toMatchObject({ options: ['all', 'security'], isRequired: true });
  expect(fieldsOf(UPDATE)[1]).toMatchObject({ isRequired: false });
  expect(fieldsOf({ type: 'object' })).toEqual([]);
});

test('what is typed is read, and typed again from what was read', () => {
  const fields = fieldsOf(SCRIPT);
  const typed = {
    'parameters.script': 'echo 1\r\necho 2\r\n',
    'parameters.environment': 'A=1\n\nB=x=y',
    'parameters.environment.secret': 'TOKEN=hush',
    'parameters.runAs': '  www-data ',
    'parameters.input': '',
  };
  const read = readParameters(fields, formOf(typed));
  expect(read).toEqual({
    script: 'echo 1\necho 2\n',
    environment: [
      { name: 'A', value: '1' },
      { name: 'B', value: 'x=y' },
      { name: 'TOKEN', value: 'hush', isSecret: true },
    ],
    runAs: 'www-data',
  });
  expect(writeParameters(fields, read)).toEqual({
    'parameters.script': 'echo 1\necho 2\n',
    'parameters.environment': 'A=1\nB=x=y',
    'parameters.environment.secret': 'TOKEN=',
    'parameters.runAs': 'www-data',
  });
  const update = fieldsOf(UPDATE);
  const again = { scope: 'all', packages: ['openssl', 'curl'], dryRun: true, delaySeconds: 5 };
  expect(readParameters(update, formOf(writeParameters(update, again)))).toEqual(again);
});
