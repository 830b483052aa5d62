import { useTranslation } from 'react-i18next';

/** How many rows a list has. Where counting has stopped, it says so. */
export function Total({ of: { total, isTotalExact } }: { of: { total: number; isTotalExact: boolean } }) {
  const { t, i18n } = useTranslation();
  const figure = total.toLocaleString(i18n.language);
  return <>{isTotalExact ? figure : t('list.moreThan', { figure })}</>;
}
