import { useTranslation } from 'react-i18next';
import { Amount } from '../figures/amount';

/** How many rows a list has. Where counting has stopped, it says so. */
export function Total({ of: { total, isTotalExact } }: { of: { total: number; isTotalExact: boolean } }) {
  const { t } = useTranslation();
  return isTotalExact ? <Amount of={total} /> : <>{t('list.moreThan', { figure: total })}</>;
}
