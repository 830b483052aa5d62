import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from 'express';
import { projectRoot } from '../process/project';

/** In which everything can be said, and what stands where another language has no words. */
export const FALLBACK_LANGUAGE = 'en';

const locales = join(projectRoot, 'public/locales');

/** Where the words of a language are. Its name has `_`, as in `zh_CN`. */
export const folderOf = (language: string) => join(locales, language.replaceAll('-', '_'));

/** The languages that there are words in, as BCP 47, the fallback first. */
export const languages: readonly string[] = [
  FALLBACK_LANGUAGE,
  ...readdirSync(locales)
    .map(asTag)
    .filter((language) => language !== FALLBACK_LANGUAGE)
    .sort(),
];

/** Where a person's choice is kept before there is an account to keep it in, and when they leave it to the browser. */
const COOKIE = 'language';

/** `zh_CN` and `zh-CN` are the same: folders and older programs write the first. */
function asTag(language: string): string {
  return language.replaceAll('_', '-');
}

/** What is read of a list. A header has room for thousands of tags, and who sends it need not have signed in. */
const MOST_ASKED = 20;
/** RFC 5646, 4.4.1: what every program must take. A longer one is no language that there are words in. */
const LONGEST_TAG = 35;

/** @returns the locale with the script it is written in (CLDR's likely subtags); undefined for what is none */
function localeOf(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(asTag(tag)).maximize();
  } catch {
    return undefined;
  }
}

/** Of those that there are words in, kept: CLDR takes its time, and each request asks for all of them. */
const knownLocales = new Map<string, Intl.Locale>();
function localeOfKnown(tag: string): Intl.Locale {
  const locale = knownLocales.get(tag) ?? localeOf(tag)!;
  knownLocales.set(tag, locale);
  return locale;
}

/**
 * The first of the languages asked for that there are words in: the very one, or the one of the same language and
 * script, so that Hong Kong reads traditional characters, and Brazil Portuguese.
 *
 * @param asked as BCP 47, with `-` or `_`, the best first; what is no language is passed over, and what comes after
 *   twenty others
 * @param known likewise; those there are words in
 */
export function matchLanguage(asked: readonly string[], known: readonly string[] = languages): string | undefined {
  for (const tag of asked.slice(0, MOST_ASKED)) {
    const wanted = tag.length <= LONGEST_TAG ? localeOf(tag) : undefined;
    if (!wanted) continue;
    const same = known.filter((one) => {
      const { language, script } = localeOfKnown(one);
      return language === wanted.language && script === wanted.script;
    });
    const match = same.find((one) => localeOfKnown(one).region === wanted.region) ?? same[0];
    if (match) return match;
  }
  return undefined;
}

/**
 * The language of an answer: what the address asks for (`?lng=`), what the account says, what the browser keeps, what
 * it asks for.
 *
 * @param account the signed-in person's; null where they leave it to the browser, or nobody is signed in
 */
export function chooseLanguage(
  request: Pick<Request, 'query' | 'headers' | 'acceptsLanguages'>,
  account: string | null,
  known: readonly string[] = languages,
): string {
  const { lng } = request.query;
  const kept = new RegExp(`(?:^|;)\\s*${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1];
  const asked = [...(typeof lng === 'string' ? [lng] : []), account ?? [], kept ?? [], request.acceptsLanguages()];
  return matchLanguage(asked.flat(), known) ?? FALLBACK_LANGUAGE;
}
