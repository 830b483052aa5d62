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
  return (
    <div className="flex flex-col gap-4">
      {edited?.saved != null && <p role="status">{t('configuration.saved', { version: String(edited.saved) })}</p>}
      {(mayEdit ?? mayHere) ? (
        <LayerEditor
          key={`${answers} ${layer.version}`}
          layer={layer}
          edited={edited}
          action={action}
          {...(fleets && { fleets })}
        />
      ) : (
        <LayerText layer={layer} />
      )}
    </div>
  );
}
