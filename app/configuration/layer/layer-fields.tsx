import { useTranslation } from 'react-i18next';
import { SelectField } from '../../ui/fields/select-field';
import { TextField } from '../../ui/fields/text-field';
import { type Drawn, type Field, fieldGroups, isSecret } from '../fields';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** The keys of a document, by its sections. */
export function LayerFields({ drawn, isUnread }: { drawn: Drawn; isUnread: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-6">
      {isUnread && <p className="text-13 text-ink-2">{t('configuration.unread')}</p>}
      {fieldGroups.map(({ section, fields }) => {
        const shown = fields.filter((field: Field) => drawn[field]);
        if (shown.length === 0) return null;
        return (
          <fieldset key={section} className="flex min-w-0 flex-col gap-4">
            <legend className="pb-2 text-13 font-semibold">{t(`configuration.group.${section}`)}</legend>
            {shown.map((field) => (
              <LayerField key={field} field={field} {...drawn[field]!} />
            ))}
          </fieldset>
        );
      })}
    </div>
  );
}

function LayerField({ field, was, is }: { field: Field; was: string; is: string }) {
  const { t } = useTranslation();
  const given = {
    id: field,
    name: field,
    label: t(`configuration.field.${field}`),
    description: t(`configuration.fieldHelp.${field}`),
    defaultValue: is,
  };
  return (
    <div>
      <input type="hidden" name={`was ${field}`} value={was} />
      {field === 'log.level' ? (
        <SelectField
          {...given}
          options={[
            { value: '', text: t('configuration.unset') },
            ...LEVELS.map((level) => ({ value: level, text: level })),
          ]}
        />
      ) : (
        <TextField
          {...given}
          {...(isSecret(field) ? { type: 'password', autoComplete: 'new-password' } : { autoComplete: 'off' })}
        />
      )}
    </div>
  );
}
