/** `zh_CN` and `zh-CN` are the same: folders, POSIX and older programs write the first. */
export const asTag = (language: string): string => language.replaceAll('_', '-');

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
export function matchLanguage(asked: readonly string[], known: readonly string[]): string | undefined {
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
