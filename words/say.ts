import { createInstance } from 'i18next';
import english from './en.json' with { type: 'json' };
import { isolate } from './isolate';
import { matchLanguage } from './match-language';
import { otherLanguages } from './other-languages';
import type { Said, Words } from './words';

/** Says something in one language. */
export type Say = (said: Said) => string;

const FALLBACK = 'en';

/** Between sentences that stand on one line. */
const BETWEEN = '; ';

/** @param texts of the language by their key; what it lacks is said in English */
function createSay(language: string, texts: Record<string, string>): Say {
  const instance = createInstance();
  // Without a backend it is done when it returns.
  void instance.init({
    lng: language,
    fallbackLng: FALLBACK,
    load: 'currentOnly',
    resources: { [FALLBACK]: { translation: english }, [language]: { translation: texts } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: {
      // Done below: what is words already must not be taken for a text of somebody's.
      escapeValue: false,
      alwaysFormat: true,
      format: (value: unknown) =>
        typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : String(value),
    },
  });
  const t = instance.t as unknown as (key: string, values: object) => string;
  const say: Say = (said) => {
    if (typeof said === 'string') return said;
    if ('key' in said) return t(said.key, valuesOf(said));
    return said.map(say).join(BETWEEN);
  };
  const valuesOf = ({ values }: Words) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : typeof value === 'string' ? isolate(value) : say(value),
      ]),
    );
  return say;
}

/** For logs, JSON and tests, and whoever asks for no language that there is. */
export const inEnglish: Say = createSay(FALLBACK, english);

/** Those that were asked for, kept: to unpack the words takes 10 ms, and a server says things all day. */
const made = new Map([[FALLBACK, inEnglish]]);
let known: string[] | undefined;

/** @param asked as BCP 47 or POSIX write them, the best first; none: English */
export function sayIn(asked: readonly string[]): Say {
  if (asked.length === 0) return inEnglish;
  let others: ReturnType<typeof otherLanguages> | undefined;
  const unpacked = () => (others ??= otherLanguages());
  known ??= [FALLBACK, ...Object.keys(unpacked())];
  const language = matchLanguage(asked, known) ?? FALLBACK;
  const say = made.get(language) ?? createSay(language, unpacked()[language]!);
  made.set(language, say);
  return say;
}
