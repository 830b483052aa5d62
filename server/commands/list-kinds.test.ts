import { expect, test } from 'vitest';
import translation from '../../public/locales/en/translation.json';
import { listKinds } from './list-kinds';

const { kinds } = listKinds();
const properties = kinds.flatMap(({ parameters }) => Object.keys(parameters.properties as object));

test('the pages have words for every kind and for every field of its form', () => {
  expect(Object.keys(translation.command.kind)).toEqual(kinds.map(({ kind }) => kind));
  expect(Object.keys(translation.command.field).sort()).toEqual([...new Set(properties)].sort());
});

test('a kind says of its parameters what a form needs to know', () => {
  const update = kinds.find(({ kind }) => kind === 'update_system')!;
  expect(update.parameters).toMatchObject({
    required: ['scope'],
    properties: {
      scope: { enum: ['all', 'security'] },
      packages: { type: 'array', items: { type: 'string' } },
      dryRun: { type: 'boolean' },
    },
  });
});
