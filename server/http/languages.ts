import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from 'express';
import { asTag, matchLanguage } from '../../words/match-language';
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

type Asking = Pick<Request, 'query' | 'headers' | 'acceptsLanguages'>;

/**
 * The language of an answer to a browser: what the address asks for (`?lng=`), what the account says, what the browser
 * keeps, what it asks for. Undefined where none of them says one that there is.
 *
 * @param account the signed-in person's; null where they leave it to the browser, or nobody is signed in
 */
export function findLanguage(
  request: Asking,
  account: string | null,
  known: readonly string[] = languages,
): string | undefined {
  const { lng } = request.query;
  const kept = new RegExp(`(?:^|;)\\s*${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1];
  const asked = [...(typeof lng === 'string' ? [lng] : []), account ?? [], kept ?? [], request.acceptsLanguages()];
  return matchLanguage(asked.flat(), known);
}

/** The same, where something must be said. */
export const chooseLanguage = (request: Asking, account: string | null, known: readonly string[] = languages): string =>
  findLanguage(request, account, known) ?? FALLBACK_LANGUAGE;
