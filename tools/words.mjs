// @ts-check
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const TYPES = join(import.meta.dirname, '../app/i18n/placeholders.d.ts');
const COMMAND_TYPES = join(import.meta.dirname, '../words/texts.d.ts');

/** @typedef {Map<string, string>} Words the texts of a language by their key, as `nav.label` */

/**
 * @param {string} language BCP 47
 * @returns {Words}
 */
export function readWords(language) {
  return readFile(join(import.meta.dirname, '../public/locales', language.replace('-', '_'), 'translation.json'));
}

/**
 * The same of the command lines: `words/`.
 *
 * @param {string} language BCP 47
 * @returns {Words}
 */
export function readCommandWords(language) {
  return readFile(join(WORDS, `${language.replace('-', '_')}.json`));
}

const WORDS = join(import.meta.dirname, '../words');

/** The languages that the command lines have words in, as BCP 47. */
export const commandLanguages = () =>
  readdirSync(WORDS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length).replace('_', '-'));

/**
 * What `words/other-languages.ts` unpacks: all languages but English, as JSON by language and key, compressed by
 * Brotli, in base64.
 *
 * @param {(key: string) => boolean} isWanted
 */
export function packLanguages(isWanted) {
  const others = commandLanguages().filter((language) => language !== 'en');
  const texts = others.map((language) => [language, [...readCommandWords(language)].filter(([key]) => isWanted(key))]);
  const json = JSON.stringify(
    Object.fromEntries(
      texts.map(([language, own]) => [language, Object.fromEntries(/** @type {[string, string][]} */ (own))]),
    ),
  );
  return brotliCompressSync(json).toString('base64');
}

/** @param {string} file @returns {Words} */
function readFile(file) {
  /** @type {Tree} */
  const tree = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(flatten(tree));
}

/** @typedef {Record<string, unknown>} Tree the texts as files hold them */

/**
 * @param {Tree} words
 * @param {string} [prefix]
 * @returns {[string, string][]}
 */
const flatten = (words, prefix = '') =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value]] : flatten(/** @type {Tree} */ (value), `${prefix}${key}.`),
  );

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** @param {string} key */
export const withoutPlural = (key) => key.replace(PLURAL, '');

/**
 * The keys that a language must have for those of English: where English has a plural, one for each plural form of the
 * language (CLDR).
 *
 * @param {Words} english
 * @param {string} language BCP 47
 */
export function keysOf(english, language) {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return new Set(
    [...english.keys()].flatMap((key) =>
      isPlural(english, key) ? forms.map((form) => `${withoutPlural(key)}_${form}`) : [key],
    ),
  );
}

/**
 * Whether it is a form of a plural, and not a word that ends like one.
 *
 * @param {Words} english
 * @param {string} key
 */
const isPlural = (english, key) => PLURAL.test(key) && english.has(`${withoutPlural(key)}_other`);

/**
 * @param {Words} words
 * @param {Words} english
 * @param {string} language BCP 47
 */
export const missingFrom = (words, english, language) =>
  [...keysOf(english, language)].filter((key) => !words.has(key));

/**
 * The names in `{{…}}`, in the order of the alphabet.
 *
 * @param {string} text
 */
export const placeholdersOf = (text) =>
  [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name ?? ''))].sort();

/**
 * The types of the placeholders of every text that has some, as `app/i18n/placeholders.d.ts` holds them: i18next then
 * takes no other names.
 *
 * @param {Words} english
 */
export async function typePlaceholders(english) {
  /** @type {Tree} */
  const tree = {};
  for (const [key, text] of english) {
    const names = placeholdersOf(text);
    if (names.length === 0) continue;
    const path = key.split('.');
    const last = /** @type {string} */ (path.pop());
    const branch = path.reduce((at, part) => /** @type {Tree} */ (at[part] ??= {}), tree);
    branch[last] = names.map((name) => `{{${name}}}`).join('');
  }
  // What builds pages has no need of it, and may be without it.
  const { format, resolveConfig } = await import('prettier');
  return format(
    `// Made by \`npm run words\` of public/locales/en/translation.json.
    export interface Placeholders ${JSON.stringify(tree)}`,
    { ...(await resolveConfig(TYPES)), filepath: TYPES },
  );
}

/**
 * The texts of the command lines and the names in `{{…}}` of each, as `words/texts.d.ts` holds them. Forms of a plural
 * are one text.
 *
 * @param {Words} english
 */
export async function typeTexts(english) {
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  for (const [key, text] of english) {
    const name = isPlural(english, key) ? withoutPlural(key) : key;
    texts.set(name, [...new Set([...(texts.get(name) ?? []), ...placeholdersOf(text)])].sort());
  }
  const lines = [...texts].map(
    ([key, names]) => `'${key}': ${names.map((name) => `'${name}'`).join(' | ') || 'never'};`,
  );
  const { format, resolveConfig } = await import('prettier');
  return format(`// Made by \`npm run words\` of words/en.json.\nexport interface Texts {\n${lines.join('\n')}\n}`, {
    ...(await resolveConfig(COMMAND_TYPES)),
    filepath: COMMAND_TYPES,
  });
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(TYPES, await typePlaceholders(readWords('en')));
  writeFileSync(COMMAND_TYPES, await typeTexts(readCommandWords('en')));
}
