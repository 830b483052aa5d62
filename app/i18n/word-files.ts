import { fallbackOf } from './languages';
import { wordsOfPage, type WordGroup } from './page-words';

declare global {
  interface ImportMetaEnv {
    /** A hash of each group's words in all languages; tools/word-files.ts computes it, and names files by it. */
    readonly WORD_VERSIONS: Readonly<Record<WordGroup, string>>;
    /** The languages that lack words which English has; likewise. */
    readonly PARTIAL_LANGUAGES?: readonly string[];
  }
}

/** A file with the words of a group in a language. Its name changes with its content, so browsers keep it. */
export interface WordFile {
  language: string;
  url: string;
}

/** Where the browser finds the words that a page needs, with those of English for what the language lacks. */
export const wordFilesOf = (language: string, path: string): WordFile[] =>
  [language, ...fallbackOf(language)].flatMap((one) =>
    wordsOfPage(path).map((group) => ({
      language: one,
      url: `/locales/${one.replace('-', '_')}/${group}-${import.meta.env.WORD_VERSIONS[group]}.json`,
    })),
  );
