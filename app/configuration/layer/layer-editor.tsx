import { Form, useNavigation } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../../forms/act-problem';
import { useOnce } from '../../forms/use-once';
import { Button } from '../../ui/button';
import { TextArea } from '../../ui/fields/text-area';
import { TextField } from '../../ui/fields/text-field';
import type { Layer } from '../configuration-types';
import type { Edited } from '../edited';
import { type Drawn, drawnOf } from '../fields';
import { LayerFields } from './layer-fields';
import { LayerPreview } from './layer-preview';
import { MeanwhileNotice } from '../meanwhile-notice';
import { UnvouchedNotice } from '../unvouched-notice';

interface Props {
  layer: Layer;
  /** The last edit, when it was not saved. */
  edited: Edited | null;
  /** Where it is sent. */
  action: string;
  /** Called when something is typed or chosen. */
  onTyped?: () => void;
  /** Those that the layer may disagree with. */
  fleets?: readonly { id: string; name: string }[];
}

/** Fields and text of one document. What is changed in a field goes into the text, which keeps its comments. */
export function LayerEditor({ layer, edited, action, onTyped, fleets = [] }: Props) {
  const { t } = useTranslation();
  const { formAction } = useNavigation();
  const isPending = formAction !== undefined && new URL(formAction, 'http://page').pathname === action;
  const once = useOnce(isPending, edited);
  // It is made anew with each answer. Where none came, all stays as it is, and what went wrong is said.
  const [shown] = useState(edited);
  const { sent = null, preview = null, meanwhile = null } = shown ?? {};
  const problem = edited?.errors?.problem ?? null;
  const isUnread = hasMistakes(preview);
  const changed = preview && !isUnread ? preview.hosts.changed : 0;
  const cameOut = useRef<HTMLDivElement>(null);
  useEffect(() => cameOut.current?.focus(), []);
  return (
    <Form method="post" action={action} onSubmit={once} onInput={onTyped} className="flex flex-col gap-5" noValidate>
      <input type="hidden" name="etag" value={sent?.etag ?? layer.etag} />
      <input type="hidden" name="seen" value={shown?.seen ?? ''} />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
        <LayerFields drawn={drawnFor(layer, shown)} isUnread={isUnread} />
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
            error={isUnread ? t('configuration.textWrong', { count: preview!.issues.length }) : undefined}
          />
        </div>
      </div>
      <UnvouchedNotice addresses={preview && !isUnread ? preview.unvouched : layer.unvouched} />
      {preview && (
        <div ref={cameOut} tabIndex={-1} className="flex flex-col gap-5 outline-none">
          {meanwhile && <MeanwhileNotice {...meanwhile} />}
          <LayerPreview preview={preview} before={(meanwhile?.layer ?? layer).document} fleets={fleets} />
        </div>
      )}
      <TextField
        id="configuration-message"
        name="message"
        label={t('configuration.message')}
        description={t('configuration.messageHelp')}
        defaultValue={sent?.message ?? ''}
        maxLength={500}
        autoComplete="off"
      />
      {!isPending && !(meanwhile && edited === shown) && <ActProblem problem={problem} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" name="intent" value="preview" shape="field" isPending={isPending}>
          {t('configuration.preview')}
        </Button>
        <Button type="submit" name="intent" value="save" look="primary" shape="field" isPending={isPending}>
          {changed > 0 ? t('configuration.saveFor', { count: changed }) : t('act.save')}
        </Button>
      </div>
    </Form>
  );
}

const hasMistakes = (preview: Edited['preview']) => preview !== null && preview.issues.length > 0;

/** A text with mistakes says nothing that fields could show, but for what was chosen and is not in it. */
function drawnFor(layer: Layer, edited: Edited | null): Drawn {
  if (!edited?.sent) return drawnOf(layer.document);
  const { sent, preview } = edited;
  if (!preview) return { ...drawnOf(layer.document), ...sent.fields };
  return hasMistakes(preview) ? sent.fields : drawnOf(preview.document);
}
