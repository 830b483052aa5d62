import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFound } from '../forms/use-found';
import { SelectField } from '../ui/fields/select-field';
import { inputClass } from '../ui/fields/text-field';
import { useHydrated } from '../ui/use-hydrated';
import type { FleetNames } from './fleet-types';

interface Props {
  id?: string;
  name?: string;
  label: string;
  description?: string;
  names: FleetNames;
  /** What it means to choose none, where that is possible. */
  none?: string;
  defaultValue?: string | undefined;
}

/** Chooses a fleet. Where there are more than a list of choices can have, the others are found by their names. */
export function FleetField({ names, none, defaultValue, ...field }: Props) {
  const { t } = useTranslation();
  const search = useId();
  const isHydrated = useHydrated();
  const { found, find } = useFound<FleetNames>((text) => `/fleets/names?${new URLSearchParams({ search: text })}`);
  const optionsOf = ({ fleets }: FleetNames) => fleets.map(({ id, name }) => ({ value: id, text: name }));
  const offered = optionsOf(found ?? names);
  const [chosen, setChosen] = useState(
    () =>
      defaultValue &&
      (optionsOf(names).find(({ value }) => value === defaultValue) ?? { value: defaultValue, text: defaultValue }),
  );
  // What is chosen stays so whatever is offered: else the first one would be in its place, or everywhere.
  const isOther = chosen && !offered.some(({ value }) => value === chosen.value);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <SelectField
        {...field}
        defaultValue={defaultValue}
        onChange={(value) => setChosen(value && offered.find((option) => option.value === value))}
        options={[...(none === undefined ? [] : [{ value: '', text: none }]), ...(isOther ? [chosen] : []), ...offered]}
      />
      {names.isCut &&
        (isHydrated ? (
          <>
            <label htmlFor={search} className="text-12 text-ink-2">
              {t('fleet.find')}
            </label>
            <input
              id={search}
              type="search"
              maxLength={100}
              autoComplete="off"
              onInput={({ currentTarget }) => find(currentTarget.value.trim())}
              // It is a field of no form: what is around it is not to be sent.
              onKeyDown={(event) => {
                if (event.key === 'Enter') event.preventDefault();
              }}
              className={inputClass}
            />
            <p role="status" className="text-12 text-ink-2 empty:hidden">
              {found && offered.length === 0
                ? t('fleet.findNone')
                : (found ?? names).isCut
                  ? t('fleet.findMore')
                  : null}
            </p>
          </>
        ) : (
          <p className="text-12 text-ink-2">{t('fleet.findMore')}</p>
        ))}
    </div>
  );
}
