import { useTranslation } from 'react-i18next';
import type { FormErrors } from './form-errors';

interface Props<Field extends string> {
  /** Of its fields, by their names. */
  ids: Record<Field, string>;
  typed: Record<Field, string>;
  errors: FormErrors<Field> | undefined;
}

/**
 * What each field of a form has of its own by its name: its id, what was typed into it, and what is wrong with that.
 */
export function useFields<Field extends string>({ ids, typed, errors }: Props<Field>) {
  const { t } = useTranslation();
  return (name: Field) => {
    const key = errors?.fields[name];
    return { name, id: ids[name], defaultValue: typed[name], error: key && String(t(key)) };
  };
}
