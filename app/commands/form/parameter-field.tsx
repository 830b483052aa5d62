import { useTranslation } from 'react-i18next';
import type words from '../../../public/locales/en/translation.json';
import { CheckboxField } from '../../ui/fields/checkbox-field';
import { SelectField } from '../../ui/fields/select-field';
import { TextArea } from '../../ui/fields/text-area';
import { TextField } from '../../ui/fields/text-field';
import { type FormField, inputName, secretsName } from './form-fields';
import type { Typed } from './read-run-form';
import { idOf } from './run-form-errors';

interface Props {
  field: FormField;
  typed: Typed;
  /** The inputs that had secrets, which the page was not given again. */
  emptied?: readonly string[];
  /** What is wrong with an input, by its name. */
  error: (name: string) => string | undefined;
}

/** One parameter of a kind, as its schema has it. */
export function ParameterField({ field, typed, emptied = [], error }: Props) {
  const { t } = useTranslation();
  const name = inputName(field.name);
  // A parameter of a newer server gives its name. Of ours a test says that each has words.
  const known = field.name as keyof (typeof words)['command']['field'];
  const label = field.own?.label ?? t(`command.field.${known}.label`, { defaultValue: field.name });
  const given = { id: idOf(name), name, label };
  const help = field.own?.help ?? t(`command.field.${known}.help`, { defaultValue: '' });
  const value = typed[name] ?? '';
  const secrets = secretsName(field.name);
  switch (field.shape) {
    case 'yes':
      return <CheckboxField name={name} label={given.label} description={help} defaultChecked={value === 'on'} />;
    case 'choice':
      return (
        <SelectField
          {...given}
          description={help}
          defaultValue={value || field.options[0]!}
          options={field.options.map((option) => ({ value: option, text: option }))}
        />
      );
    case 'long':
      return (
        <TextArea
          {...given}
          rows={field.isRequired ? 10 : 3}
          defaultValue={value}
          spellCheck={false}
          isCode
          error={error(name)}
        />
      );
    case 'variables':
      return (
        <>
          <TextArea {...given} rows={2} defaultValue={value} spellCheck={false} isCode error={error(name)} />
          <p className="-mt-3 text-12 text-ink-2">{help}</p>
          <TextArea
            id={idOf(secrets)}
            name={secrets}
            label={t('command.secrets')}
            rows={2}
            defaultValue={typed[secrets]}
            autoComplete="off"
            spellCheck={false}
            isCode
            error={error(secrets)}
          />
          <p className="-mt-3 text-12 text-ink-2">
            {emptied.includes(secrets) ? t('command.secretAgain') : t('command.secretsHelp')}
          </p>
        </>
      );
    default:
      return (
        <TextField
          {...given}
          type={field.shape === 'secret' ? 'password' : 'text'}
          description={emptied.includes(name) ? t('command.secretAgain') : help}
          defaultValue={value}
          inputMode={field.shape === 'number' ? 'numeric' : undefined}
          autoComplete="off"
          spellCheck={false}
          error={error(name)}
        />
      );
  }
}
