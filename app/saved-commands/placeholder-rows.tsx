import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Typed } from '../commands/form/read-run-form';
import { idOf } from '../commands/form/run-form-errors';
import { Button } from '../ui/button';
import { CheckboxField } from '../ui/fields/checkbox-field';
import { SelectField } from '../ui/fields/select-field';
import { TextArea } from '../ui/fields/text-area';
import { TextField } from '../ui/fields/text-field';
import { useHydrated } from '../ui/use-hydrated';
import { partName, rowsTyped } from './saved-form-fields';
import { placeholderTypes } from './saved-types';

interface Props {
  typed: Typed;
  /** What is wrong with an input, by its name. */
  error: (name: string) => string | undefined;
}

/** The placeholders of a saved command. Without a script there is room for one more at a time. */
export function PlaceholderRows({ typed, error }: Props) {
  const { t } = useTranslation();
  const isHydrated = useHydrated();
  const [added, setAdded] = useState(0);
  const [gone, setGone] = useState<ReadonlySet<number>>(new Set());
  const known = rowsTyped(typed);
  const count = known + (isHydrated ? added : 1);
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) => !gone.has(row));
  return (
    <div className="flex flex-col gap-4">
      {rows.map((row) => (
        <PlaceholderRow
          key={row}
          row={row}
          isNew={row >= known}
          typed={typed}
          error={error}
          onRemove={isHydrated ? () => setGone(new Set([...gone, row])) : undefined}
        />
      ))}
      {isHydrated && (
        <div>
          <Button onPress={() => setAdded(added + 1)}>{t('saved.addPlaceholder')}</Button>
        </div>
      )}
    </div>
  );
}

function PlaceholderRow({
  row,
  isNew,
  typed,
  error,
  onRemove,
}: Props & { row: number; isNew: boolean; onRemove: (() => void) | undefined }) {
  const { t } = useTranslation();
  const isHydrated = useHydrated();
  const value = (part: Parameters<typeof partName>[1]) => typed[partName(row, part)] ?? '';
  const [type, setType] = useState(value('type') || 'text');
  const [name, setName] = useState(value('name'));
  const field = (part: Parameters<typeof partName>[1]) => ({
    id: idOf(partName(row, part)),
    name: partName(row, part),
    defaultValue: value(part),
    error: error(partName(row, part)),
  });
  const isOf = (...types: string[]) => !isHydrated || types.includes(type);
  const title = name || t('saved.placeholderNew');
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 border-s-4 border-line ps-3">
      <legend className="sr-only">{t('saved.placeholderOf', { name: title })}</legend>
      <div className="grid gap-3 sm:grid-cols-2 *:min-w-0">
        <TextField
          {...field('name')}
          label={t('saved.placeholder.name')}
          description={t('saved.placeholder.nameHelp')}
          maxLength={40}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextField
          {...field('label')}
          label={t('saved.placeholder.label')}
          description={t('saved.placeholder.labelHelp')}
          maxLength={100}
          autoComplete="off"
        />
        <SelectField
          id={idOf(partName(row, 'type'))}
          name={partName(row, 'type')}
          label={t('saved.placeholder.type')}
          options={placeholderTypes.map((one) => ({ value: one, text: t(`saved.type.${one}`) }))}
          value={type}
          onChange={setType}
        />
        {isOf('text', 'number', 'choice') && (
          <TextField
            {...field('default')}
            label={t('saved.placeholder.default')}
            description={t('saved.placeholder.defaultHelp')}
            autoComplete="off"
          />
        )}
        {isOf('text', 'number', 'secret') && (
          <>
            <TextField
              {...field('min')}
              inputMode="numeric"
              label={t(type === 'number' ? 'saved.placeholder.min' : 'saved.placeholder.minLength')}
              autoComplete="off"
            />
            <TextField
              {...field('max')}
              inputMode="numeric"
              label={t(type === 'number' ? 'saved.placeholder.max' : 'saved.placeholder.maxLength')}
              autoComplete="off"
            />
          </>
        )}
        {isOf('choice') && (
          <TextArea
            {...field('choices')}
            rows={3}
            label={t('saved.placeholder.choices')}
            description={t('saved.placeholder.choicesHelp')}
            spellCheck={false}
          />
        )}
      </div>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <CheckboxField
          name={partName(row, 'isRequired')}
          label={t('saved.placeholder.isRequired')}
          description={t('saved.placeholder.isRequiredHelp')}
          defaultChecked={isNew || value('isRequired') === 'on'}
        />
        {onRemove && (
          <Button onPress={onRemove} aria-label={t('saved.removeOf', { name: title })}>
            {t('saved.remove')}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
