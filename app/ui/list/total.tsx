import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';

interface Counted {
  total: number;
  isTotalExact: boolean;
}

/** How many rows a list has. Where counting has stopped, it says so. */
export function Total({ of }: { of: Counted }) {
  const { t, i18n } = useTranslation();
  return <>{totalText(t, of, i18n.language)}</>;
}

export function totalText(t: TFunction, { total, isTotalExact }: Counted, language: string): string {
  return isTotalExact ? total.toLocaleString(language) : t('list.moreThan', { figure: total });
}
