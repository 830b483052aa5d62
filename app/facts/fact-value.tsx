import { useTranslation } from 'react-i18next';
import { useFigures } from '../ui/figures/use-figures';
import { MachineText } from '../ui/machine-text';
import type { FactValue as Value } from './fact-types';

/** A fact's value in the reader's words. A name that ends in `.bytes` has a size. */
export function FactValue({ name, value }: { name: string; value: Value }) {
  const { t } = useTranslation();
  const { bytes, number } = useFigures();
  if (typeof value === 'boolean') return <>{t(value ? 'facts.yes' : 'facts.no')}</>;
  if (typeof value === 'number') return <>{name.endsWith('.bytes') ? bytes(value) : number(value)}</>;
  return value === '' ? <>–</> : <MachineText text={value} />;
}
