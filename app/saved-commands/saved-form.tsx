import { Form, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { CommandKind } from '../commands/command-types';
import type { FormField } from '../commands/form/form-fields';
import { ParameterField } from '../commands/form/parameter-field';
import type { Typed } from '../commands/form/read-run-form';
import { idOf } from '../commands/form/run-form-errors';
import { FormProblems } from '../forms/form-problems';
import { useOnce } from '../forms/use-once';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { SelectField } from '../ui/fields/select-field';
import { TextArea } from '../ui/fields/text-area';
import { TextField } from '../ui/fields/text-field';
import { Section } from '../ui/section';
import { PlaceholderRows } from './placeholder-rows';
import { rowsTyped, type SavedFormErrors, wordsOfSaved } from './saved-form-fields';
import { RUN_BY_WORDS, runBys } from './saved-types';

/** What came of the last try. */
export interface SavedAnswer {
  typed: Typed;
  errors: SavedFormErrors | null;
}

interface Props {
  kind: CommandKind;
  fields: FormField[];
  /** Before anything was tried. */
  start: Typed;
  answer: SavedAnswer | undefined;
  /** Of the one that is changed. */
  version?: number;
}

/** A command under a name: what it runs, what is left open in it, and who may run it. */
export function SavedForm({ kind, fields, start, answer, version }: Props) {
  const { t } = useTranslation();
  const may = usePermissions();
  const isPending = useNavigation().formMethod === 'POST';
  const once = useOnce(isPending, answer);
  const typed = answer?.typed ?? start;
  const errors = answer?.errors ?? null;
  const word = (name: string) => {
    const key = errors?.fields[name];
    return key && t(key);
  };
  const rows = Array.from({ length: rowsTyped(typed) }, (_, row) => row);
  const ids = Object.fromEntries(Object.keys(wordsOfSaved(fields, rows)).map((name) => [name, idOf(name)]));
  const choices = rows
    .filter((row) => typed[`placeholders.${row}.type`] === 'choice')
    .map((row) => `{{${typed[`placeholders.${row}.name`]}}}`);
  const isScript = kind === 'execute_shell';
  return (
    <Form method="post" onSubmit={once} noValidate className="flex max-w-2xl flex-col gap-8">
      {errors && !isPending && <FormProblems errors={errors} ids={ids} />}
      <div className="flex flex-col gap-4">
        <TextField
          id={idOf('name')}
          name="name"
          label={t('saved.name')}
          defaultValue={typed.name}
          maxLength={100}
          autoComplete="off"
          error={word('name')}
        />
        <TextArea
          id={idOf('description')}
          name="description"
          label={t('saved.description')}
          rows={2}
          defaultValue={typed.description}
          maxLength={1000}
          error={word('description')}
        />
        {may.has('commands.shell') && (
          <SelectField
            id={idOf('runBy')}
            name="runBy"
            label={t('saved.runBy')}
            description={isScript ? t('saved.runByHelp') : undefined}
            defaultValue={typed.runBy ?? (isScript ? 'commands.shell' : 'commands.run')}
            options={runBys.map((value) => ({ value, text: t(RUN_BY_WORDS[value]) }))}
          />
        )}
      </div>
      <Section title={t('command.what')}>
        <div className="flex flex-col gap-4">
          {fields.map((field) => (
            <ParameterField
              key={field.name}
              field={field.shape === 'choice' ? { ...field, options: [...field.options, ...choices] } : field}
              typed={typed}
              error={word}
            />
          ))}
          {fields.length === 0 && <p className="text-ink-2">{t(`command.kind.${kind}`)}</p>}
          {isScript && version !== undefined && <p className="text-12 text-ink-2">{t('saved.secretsKept')}</p>}
        </div>
      </Section>
      {fields.length > 0 && (
        <Section title={t('saved.placeholders')}>
          <div className="flex flex-col gap-4">
            <p className="text-13 text-ink-2">
              {isScript
                ? t('saved.inScript', { name: 'service', variable: '"$PARAM_SERVICE"' })
                : t('saved.inParameter', { name: 'service', placeholder: '{{service}}' })}
            </p>
            <PlaceholderRows typed={typed} error={word} />
          </div>
        </Section>
      )}
      {version !== undefined && <input type="hidden" name="version" value={version} />}
      <div>
        <Button type="submit" look="primary" shape="field" isPending={isPending}>
          {t('act.save')}
        </Button>
      </div>
    </Form>
  );
}
