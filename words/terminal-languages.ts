/** Locales of no language: what programs say in them is English. */
const PLAIN = /^(C|POSIX)([.@]|$)/;

/** `de_DE.UTF-8@euro` without its character set and its modifier. */
const withoutRest = (locale: string) => locale.replace(/[.@].*/, '');

/**
 * The languages of whoever runs this on a terminal, the best first; none: English. By POSIX (Base Definitions, 8.2) the
 * first of LC_ALL, LC_MESSAGES and LANG that is set; unless that is of no language, those of LANGUAGE go before it, as
 * GNU gettext has it. On Windows, where none is set, what the system says.
 */
export function terminalLanguages(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG;
  if (!locale) return platform === 'win32' ? [Intl.DateTimeFormat().resolvedOptions().locale] : [];
  if (PLAIN.test(locale)) return [];
  return [...(env.LANGUAGE ?? '').split(':'), locale]
    .filter(Boolean)
    .map((one) => (PLAIN.test(one) ? 'en' : withoutRest(one)));
}
