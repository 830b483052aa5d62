import { useTranslation } from 'react-i18next';
import { numberFormat } from './formatters';

/** How many, as the reader's language writes it. */
export function Amount({ of }: { of: number }) {
  const { i18n } = useTranslation();
  return <>{numberFormat(i18n.language, {}).format(of)}</>;
}
