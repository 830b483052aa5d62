/** `zh_CN` and `zh-CN` are the same: folders, POSIX and older programs write the first. */
export const asTag = (language: string): string => language.replaceAll('_', '-');

/** @returns the locale with the script it is written in (CLDR's likely subtags); undefined for what is none */
function localeOf(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(asTag(tag)).maximize();
  } catch {
    return undefined;
  }
}

/**
 * The first of the languages asked for that there are words in: the very one, or the one of the same language and
 * script, so that Hong Kong reads traditional characters, and Brazil Portuguese.
 *
 * @param asked as BCP 47, with `-` or `_`, the best first; what is no language is passed over
 * @param known likewise; those there are words in
 */
export function matchLanguage(asked: readonly string[], known: readonly string[]): string | undefined {
  for (const tag of asked) {
    const wanted = localeOf(tag);
    if (!wanted) continue;
    const same = known.filter((one) => {
      const { language, script } = localeOf(one)!;
      return language === wanted.language && script === wanted.script;
    });
    const match = same.find((one) => localeOf(one)!.region === wanted.region) ?? same[0];
    if (match) return match;
  }
  return undefined;
}
