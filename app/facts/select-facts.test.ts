import { expect, test } from 'vitest';
import { MOST_SHOWN, selectFacts } from './select-facts';

const at = '2026-01-31T12:00:00.000Z';
const section = (name: 'system' | 'packages', facts: Record<string, string | number | boolean>) => ({
  section: name,
  changedAt: at,
  hash: '',
  facts,
});

test('a search looks at names and values, capitals or not; sections without any are left out', () => {
  const sections = [
    section('system', { kernel: '6.1-Debian', cores: 2 }),
    section('packages', { bash: '5', zsh: '5' }),
  ];
  expect(selectFacts(sections, ' DEBIAN ')).toEqual([
    { section: 'system', changedAt: at, facts: [['kernel', '6.1-Debian']], found: 1, total: 2 },
  ]);
  expect(selectFacts(sections, '2').map(({ facts }) => facts)).toEqual([[['cores', 2]]]);
  expect(selectFacts(sections, '')).toHaveLength(2);
});

test('of many the first are shown, and how many there are', () => {
  const many = Object.fromEntries(Array.from({ length: MOST_SHOWN + 3 }, (_, n) => [`p${n}`, '1']));
  const [shown] = selectFacts([section('packages', many)], 'p');
  expect(shown).toMatchObject({ found: MOST_SHOWN + 3, total: MOST_SHOWN + 3 });
  expect(shown!.facts).toHaveLength(MOST_SHOWN);
});
