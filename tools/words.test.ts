import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import sameAsEnglish from './same-as-english.json';
import {
  commandLanguages,
  keysOf,
  missingFrom,
  placeholdersOf,
  readCommandWords,
  readWords,
  typePlaceholders,
  typeTexts,
  withoutPlural,
} from './words.mjs';

const root = join(import.meta.dirname, '..');
const folders = readdirSync(join(root, 'public/locales')).map((folder) => folder.replace('_', '-'));
const languages = [
  ...(/languages = \[(.*?)\]/s.exec(readFileSync(join(root, 'app/i18n/languages.ts'), 'utf8'))?.[1] ?? '').matchAll(
    /'([\w-]+)'/g,
  ),
].map(([, language]) => language!);
const others = languages.filter((language) => language !== 'en');

test('every language that there are words in can be chosen, and no other', () => {
  expect([...languages].sort()).toEqual(folders.sort());
});

test('command lines speak the languages of the pages', () => {
  expect(commandLanguages().sort()).toEqual(folders.sort());
});

test('the types of placeholders are those of the English words: `npm run words` makes them', async () => {
  const types = readFileSync(join(root, 'app/i18n/placeholders.d.ts'), 'utf8');
  expect(types).toBe(await typePlaceholders(readWords('en')));
  const texts = readFileSync(join(root, 'words/texts.d.ts'), 'utf8');
  expect(texts).toBe(await typeTexts(readCommandWords('en')));
});

/** What is not of the language itself: placeholders are checked by name. */
const bare = (text: string) => text.replaceAll(/\{\{\s*\w+\s*\}\}/g, '').trim();
const markup = (text: string) => (text.match(/<\/?\w+>|`[^`]*`/g) ?? []).sort();

/** The words of pages and those of command lines, which name the same things by the same words. */
const read = (language: string) =>
  new Map([...readWords(language), ...(commandLanguages().includes(language) ? readCommandWords(language) : [])]);
const english = read('en');

/** Of a plural, the English text that has all its placeholders. */
const englishOf = (key: string) => english.get(key) ?? english.get(`${withoutPlural(key)}_other`)!;

describe.each(others)('%s', (language) => {
  const words = read(language);

  test('has every text, each form of a plural, and nothing else', () => {
    expect(missingFrom(words, english, language)).toEqual([]);
    const wanted = keysOf(english, language);
    expect([...words.keys()].filter((key) => !wanted.has(key))).toEqual([]);
  });

  test('keeps placeholders, code and markup', () => {
    for (const [key, text] of words) {
      const wanted = placeholdersOf(englishOf(key));
      const there = placeholdersOf(text);
      // A form for one, or for two, may say the number in words; one for 21, 31, … must not, where English does.
      const mayBeSpoken = (name: string) => name === 'count' && key !== withoutPlural(key);
      const missing = wanted.filter((name) => !there.includes(name) && !mayBeSpoken(name));
      expect(missing, `${key}: ${text}`).toEqual([]);
      expect(
        there.filter((name) => !wanted.includes(name) && !mayBeSpoken(name)),
        `${key}: ${text}`,
      ).toEqual([]);
      expect(markup(text), key).toEqual(markup(englishOf(key)));
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
      // i18next would look for another text.
      expect(text, key).not.toMatch(/\$t\(/);
    }
  });

  test('says in English only what is reviewed', () => {
    // Names, units, and words that its people use in English: read by one who knows the language.
    const { everywhere, [language]: here = [] } = sameAsEnglish as Record<string, string[]>;
    const reviewed = new Set([...(everywhere ?? []), ...here]);
    const same = [...words].filter(([key, text]) => bare(text) !== '' && text === englishOf(key));
    expect(same.filter(([, text]) => !reviewed.has(text))).toEqual([]);
    expect([...reviewed].filter((text) => !same.some(([, one]) => one === text))).toEqual([]);
  });
});

test('the glossary has a word for each term in every language', () => {
  const glossary = readFileSync(join(root, 'docs/glossary.md'), 'utf8');
  const [terms, ...tables] = glossary
    .split(/^\| Term .*\n\| .*\n/m)
    .slice(1)
    .map((table) => table.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.split(' | ')[0]] : [])));
  expect(tables).toHaveLength(3);
  expect(terms!.length).toBeGreaterThan(40);
  for (const table of tables) expect(table).toEqual(terms);
});

/** `t('some.key')` without a second argument. */
const BARE_CALL = /\bt\(\s*'([\w.]+)'\s*,?\s*\)/g;

test('what a text has a place for is given', () => {
  // The types of i18next refuse wrong names, but not that there are none.
  const needing = new Set([...english].filter(([, text]) => placeholdersOf(text).length > 0).map(([key]) => key));
  const bases = new Set([...needing].map(withoutPlural));
  const sources = readdirSync(join(root, 'app'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\./.test(file))
    .map((file) => `app/${file}`);
  const calls = sources.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(BARE_CALL)].map(([call, key]) => ({ file, call, key: key! })),
  );
  expect(calls.length).toBeGreaterThan(100);
  expect(calls.filter(({ key }) => bases.has(key))).toEqual([]);
});
