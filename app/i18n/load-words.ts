import type { i18n, ResourceLanguage } from 'i18next';
import { wordFilesOf, type WordFile } from './word-files';

/** The addresses of what has come, and what is on its way by them. */
const here = new Set<string>();
const coming = new Map<string, Promise<void>>();

/** What came to nothing because this server has other words: another version of it runs by now. */
let isOutdated = false;

/** Whether the words of a page are here: then it can be shown in the language at once. */
export const hasWords = (language: string, path: string) =>
  wordFilesOf(language, path).every(({ url }) => here.has(url));

/**
 * Loads the words of a page, each file once. What could not be had is asked for again by the next call.
 *
 * @returns whether they are all here
 */
export async function loadWords(i18n: i18n, language: string, path: string): Promise<boolean> {
  const files = wordFilesOf(language, path).filter(({ url }) => !here.has(url));
  await Promise.allSettled(files.map((file) => coming.get(file.url) ?? load(i18n, file)));
  return hasWords(language, path);
}

function load(i18n: i18n, { language, url }: WordFile): Promise<void> {
  const loading = fetchWords(url)
    .then((words) => {
      i18n.addResourceBundle(language, 'translation', words, true);
      here.add(url);
    })
    .finally(() => coming.delete(url));
  coming.set(url, loading);
  return loading;
}

async function fetchWords(url: string): Promise<ResourceLanguage> {
  const answer = await fetch(url);
  isOutdated ||= answer.status === 404;
  if (!answer.ok) throw new Error(`the words at ${url} are not there: ${answer.status}`);
  return (await answer.json()) as ResourceLanguage;
}

/** Whether the whole page should be loaded anew, as Remix does where its scripts are gone. */
export const areWordsOutdated = () => isOutdated;
