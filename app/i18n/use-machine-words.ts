import { useTranslation } from 'react-i18next';

/** What an agent said, as the server keeps it: `server/kept-words.ts`. */
interface Said {
  key: string;
  values: Record<string, unknown>;
}

/** Between sentences that stand on one line: as of command lines. */
const BETWEEN = '; ';

/**
 * Says in the reader's language what an agent said.
 *
 * @returns what says it; `english` is said of an agent that sent a sentence, and where this language has no words
 */
export function useMachineWords(): (said: Said | null, english: string) => string {
  const { t, i18n } = useTranslation();
  const has = (value: unknown): boolean => {
    if (typeof value !== 'object') return true;
    if (Array.isArray(value)) return value.every(has);
    const { key, values } = value as Said;
    return i18n.exists(key, values) && Object.values(values).every(has);
  };
  const say = (value: unknown): string => {
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    if (Array.isArray(value)) return value.map(say).join(BETWEEN);
    const { key, values } = value as Said;
    // A number stays one: it is written as the language does, and decides between forms.
    const given = Object.entries(values).map(([name, one]) => [name, typeof one === 'number' ? one : say(one)]);
    return (t as (key: string, given: object) => string)(key, Object.fromEntries(given) as object);
  };
  return (said, english) => (said && has(said) ? say(said) : english);
}
