import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../forms/use-answer';
import { useAnswers } from '../../forms/use-answers';
import { usePermissions } from '../../permissions';
import type { Layer } from '../configuration-types';
import type { editLayer } from './edit-layer.server';
import { LayerEditor } from './layer-editor';
import { LayerText } from './layer-text';

interface Props {
  layer: Layer;
  /** Of the page, whose action is `editLayer`. */
  action: string;
  mayEdit?: boolean;
  /** Those that the layer may disagree with. */
  fleets?: readonly { id: string; name: string }[];
}

/** A layer, for who may write it and for who may read it; and what became of the last edit. */
export function LayerPart({ layer, action, mayEdit, fleets }: Props) {
  const { t } = useTranslation();
  const edited = useAnswer<typeof editLayer>() ?? null;
  const answers = useAnswers(edited ?? undefined);
  const mayHere = usePermissions().has('configuration.write');
  const { shown, onTyped } = useShown(layer, answers, edited?.saved ?? null);
  return (
    <div className="flex flex-col gap-4">
      {edited?.saved != null && <p role="status">{t('configuration.saved', { version: String(edited.saved) })}</p>}
      {shown.version !== layer.version && (
        <p role="status">{t('configuration.meanwhile', { version: String(layer.version) })}</p>
      )}
      {(mayEdit ?? mayHere) ? (
        <LayerEditor
          key={`${answers} ${shown.version}`}
          layer={shown}
          edited={edited}
          action={action}
          onTyped={onTyped}
          {...(fleets && { fleets })}
        />
      ) : (
        <LayerText layer={layer} />
      )}
    </div>
  );
}

/**
 * What the editor was made with: the newest, but for one that somebody else saves while something is typed, which would
 * be lost. Whoever saves then is shown what the other made of it.
 */
function useShown(layer: Layer, answers: number, saved: number | null) {
  const [made, setMade] = useState({ layer, answers, isTyped: false });
  const isNewer = layer.version !== made.layer.version;
  const isAnew = answers !== made.answers || (isNewer && (!made.isTyped || layer.version === saved));
  if (isAnew) setMade({ layer, answers, isTyped: false });
  return {
    shown: isAnew || !isNewer ? layer : made.layer,
    onTyped: () => setMade((before) => ({ ...before, isTyped: true })),
  };
}
