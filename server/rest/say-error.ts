import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInstance, type ResourceLanguage, type TFunction } from 'i18next';
import type { AppErrorCode, Issue } from '../errors';
import { FALLBACK_LANGUAGE, folderOf, languages } from '../http/languages';

/** What errors say to people. */
export interface ErrorWords {
  /** Every language that an error can be said in. */
  languages: readonly string[];
  /** The sentence for an error. A code that there are no words for gives its name, which can be searched for. */
  say(code: AppErrorCode, language: string, retryAfterSeconds: number | null): string;
  /** What is wrong with a rule. */
  sayRule(rule: NonNullable<Issue['rule']>, language: string): string;
  /** What stands where no page can be made. */
  text(key: `errors.origin.${string}` | 'act.tryAgain' | 'problem.notFound.text', language: string): string;
  directionOf(language: string): 'ltr' | 'rtl';
}

/**
 * @param languages English is among them
 * @param read the words of one of them, asked for at the first error that is said in it
 */
export function createErrorWords(
  languages: readonly string[],
  read: (language: string) => ResourceLanguage,
): ErrorWords {
  const instance = createInstance();
  // Without a backend it is done when it returns.
  void instance.init({
    resources: { [FALLBACK_LANGUAGE]: { translation: read(FALLBACK_LANGUAGE) } },
    fallbackLng: FALLBACK_LANGUAGE,
    load: 'currentOnly',
    interpolation: { escapeValue: false },
  });
  const wordsIn = (language: string): unknown => {
    if (languages.includes(language) && !instance.hasResourceBundle(language, 'translation'))
      instance.addResourceBundle(language, 'translation', read(language));
    return instance.getFixedT(language);
  };
  return {
    languages,
    say(code, language, retryAfterSeconds) {
      // As loosely typed as codes are at run time: a code of agents alone has no words.
      const t = wordsIn(language) as TFunction<'translation', never> & ((key: string, options: object) => string);
      const time = retryAfterSeconds === null ? '' : duration(retryAfterSeconds, language);
      return t(`errors.${code}`, { time, defaultValue: t('errors.unknown', { code }) });
    },
    sayRule({ fault, at, expected }, language) {
      const t = wordsIn(language) as (key: string, values: object) => string;
      const list = new Intl.ListFormat(language, { type: 'disjunction' }).format(expected);
      const what = t(`rules.fault.${fault}`, { at });
      return expected.length > 0 ? `${what} ${t('rules.expected', { list })}` : what;
    },
    text: (key, language) => (wordsIn(language) as (key: string) => string)(key),
    directionOf: (language) => instance.dir(language),
  };
}

/** The same words as on the pages; of all the others this needs none. */
export const errorWords = createErrorWords(languages, (language) => {
  const { errors, act, problem, rules } = JSON.parse(
    readFileSync(join(folderOf(language), 'translation.json'), 'utf8'),
  ) as Record<'errors' | 'act' | 'problem' | 'rules', ResourceLanguage>;
  return { errors, act, problem, rules: { fault: rules.fault, expected: rules.expected } };
});

function duration(seconds: number, language: string): string {
  // As the pages say it: `formatWait` of app/ui/figures/format-figure.ts.
  const [amount, unit] = seconds <= 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}
