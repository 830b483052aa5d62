import { useTranslation } from 'react-i18next';
import { isolate } from '../../../words/isolate';
import { listFormat } from './formatters';

/**
 * Several, as the reader's language puts them into a sentence.
 *
 * @returns what makes one text of them; `disjunction`: one of them is meant
 */
export function useList(): (parts: readonly string[], type?: 'conjunction' | 'disjunction') => string {
  const { i18n } = useTranslation();
  return (parts, type = 'conjunction') => listFormat(i18n.language, { type }).format(parts.map(isolate));
}
