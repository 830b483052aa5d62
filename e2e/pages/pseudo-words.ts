import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const english = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../public/locales/en/translation.json'), 'utf8'),
) as Tree;

export interface Tree {
  [key: string]: string | Tree;
}

/** Around each text, so that what is not between them was never looked up. */
export const OPEN = '⟦';
export const CLOSE = '⟧';

const ACCENTED = new Map([...'aeiouyAEIOUYcns'].map((letter, i) => [letter, [...'áéíóúýÁÉÍÓÚÝçñš'][i]!]));

/** Longer by 60 %, which is more than what German takes, and in no language. Placeholders and code stay. */
function stretch(text: string): string {
  const parts = text.split(/(\{\{\s*\w+\s*\}\}|`[^`]*`)/);
  const said = parts.map((part, i) => (i % 2 ? part : [...part].map((one) => ACCENTED.get(one) ?? one).join('')));
  const more = Math.ceil(text.replaceAll(/\{\{.*?\}\}/g, '').length * 0.6);
  // In words of a usual length: one that is longer than a line breaks anything.
  const filling = Array.from({ length: more }, (_, i) => (i % 7 === 0 ? ' ' : '·')).join('');
  return `${OPEN}${said.join('')}${more > 1 ? filling : ''}${CLOSE}`;
}

const isPlural = (tree: Tree, key: string) =>
  /_(one|other)$/.test(key) && `${key.replace(/_(one|other)$/, '')}_other` in tree;

/** @param forms the plural forms of the language whose place it takes */
function pseudo(tree: Tree, forms: readonly string[]): Tree {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]): [string, string | Tree][] => {
      if (typeof value !== 'string') return [[key, pseudo(value, forms)]];
      if (!isPlural(tree, key)) return [[key, stretch(value)]];
      return key.endsWith('_other') ? forms.map((form) => [key.replace(/_other$/, `_${form}`), stretch(value)]) : [];
    }),
  );
}

/** English words, stretched, in the shape that a language needs. */
export const pseudoWords = (words: Tree, language: string) =>
  pseudo(words, new Intl.PluralRules(language).resolvedOptions().pluralCategories);

const texts = (tree: Tree): string[] =>
  Object.values(tree).flatMap((value) => (typeof value === 'string' ? [value] : texts(value)));

/** What a page shows in English when it is not translated: names that are the same everywhere are none of it. */
export const englishTexts = texts(english).filter((text) => /[a-z]{3}/.test(text) && !text.includes('{{'));
