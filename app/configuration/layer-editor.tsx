import { Form, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useOnce } from '../forms/use-once';
import { Button } from '../ui/button';
import { SelectField } from '../ui/fields/select-field';
import { TextArea } from '../ui/fields/text-area';
import { TextField } from '../ui/fields/text-field';
import type { Layer } from './configuration-types';
import type { Edited } from './edited';
import { type Field, fieldGroups, isSecret, shownOf } from './fields';
import { LayerPreview } from './layer-preview';
import { UnvouchedNotice } from './unvouched-notice';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

interface Props {
  layer: Layer;
  /** The last edit, when it was not saved. */
  edited: Edited | null;
  /** Where it is sent. */
  action: string;
  /** Those that the layer may disagree with. */
  fleets?: readonly { id: string; name: string }[];
}

/** Fields and text of one document. What is changed in a field goes into the text, which keeps its comments. */
export function LayerEditor({ layer, edited, action, fleets = [] }: Props) {
  const { t } = useTranslation();
  const { formAction } = useNavigation();
  const isPending = formAction !== undefined && new URL(formAction, 'http://page').pathname === action;
  const once = useOnce(isPending, edited);
  const sent = edited?.sent;
  const { preview = null, problem = null } = edited ?? {};
  // A text with mistakes says nothing that fields could show.
  const isUnread = preview !== null && preview.issues.length > 0;
  const shown = shownOf(isUnread ? {} : (preview?.document ?? layer.document));
  return (
    <Form method="post" action={action} onSubmit={once} className="flex flex-col gap-5" noValidate>
      <input type="hidden" name="etag" value={sent?.etag ?? layer.etag} />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
        {isUnread ? (
          <p className="text-13 text-ink-2">{t('configuration.unread')}</p>
        ) : (
          <div className="flex flex-col gap-6">
            {fieldGroups.map(({ section, fields }) => (
              <fieldset key={section} className="flex min-w-0 flex-col gap-4">
                <legend className="pb-2 text-13 font-semibold">{t(`configuration.group.${section}`)}</legend>
                {fields.map((field) => (
                  <LayerField key={field} field={field} value={shown[field]} />
                ))}
              </fieldset>
            ))}
          </div>
        )}
        <div className="mono">
          <TextArea
            id="configuration-text"
            name="text"
            label={t('configuration.text')}
            defaultValue={sent?.text ?? layer.text}
            rows={18}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            error={isUnread ? t('configuration.textWrong', { count: preview.issues.length }) : undefined}
          />
        </div>
      </div>
      <UnvouchedNotice addresses={preview && !isUnread ? preview.unvouched : layer.unvouched} />
      {preview && <LayerPreview preview={preview} before={layer.document} fleets={fleets} />}
      <TextField
        id="configuration-message"
        name="message"
        label={t('configuration.message')}
        description={t('configuration.messageHelp')}
        defaultValue={sent?.message ?? ''}
        maxLength={500}
        autoComplete="off"
      />
      {!isPending && <ActProblem problem={problem} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" name="intent" value="preview" shape="field" isPending={isPending}>
          {t('configuration.preview')}
        </Button>
        <Button type="submit" name="intent" value="save" look="primary" shape="field" isPending={isPending}>
          {t('act.save')}
        </Button>
      </div>
    </Form>
  );
}

function LayerField({ field, value }: { field: Field; value: string }) {
  const { t } = useTranslation();
  const label = t(`configuration.field.${field}`);
  const description = t(`configuration.fieldHelp.${field}`);
  return (
    <div>
      <input type="hidden" name={`was ${field}`} value={value} />
      {field === 'log.level' ? (
        <SelectField
          id={field}
          name={field}
          label={label}
          description={description}
          defaultValue={value}
          options={[
            { value: '', text: t('configuration.unset') },
            ...LEVELS.map((level) => ({ value: level, text: level })),
          ]}
        />
      ) : (
        <TextField
          id={field}
          name={field}
          label={label}
          description={description}
          defaultValue={value}
          {...(isSecret(field) ? { type: 'password', autoComplete: 'new-password' } : { autoComplete: 'off' })}
        />
      )}
    </div>
  );
}
