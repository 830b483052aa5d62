import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from 'react-aria-components';

/** Longer texts are cut until they are asked for: in characters, about two lines of a column. */
const LONG = 60;

/**
 * What a machine says of itself, which may be anything. It breaks anywhere and makes nothing wider; a long one is cut
 * and shown whole on demand; its direction is its own (Unicode bidirectional algorithm, isolates), so that an override
 * in it turns round nothing beside it.
 */
export function MachineText({ text }: { text: string }) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > LONG;
  return (
    <span className="inline-block max-w-md min-w-0 align-top">
      <bdi className={`wrap-anywhere ${isLong && !isWhole ? 'line-clamp-2' : ''}`}>{text}</bdi>
      {isLong && (
        <Button onPress={() => setWhole(!isWhole)} aria-expanded={isWhole} className="link block text-12 text-ink-2">
          {t(isWhole ? 'text.less' : 'text.whole')}
        </Button>
      )}
    </span>
  );
}

/** The same for a name in a link, which leads to where it is shown whole. */
export function MachineName({ name }: { name: string }) {
  return (
    <bdi className="line-clamp-3 max-w-md wrap-anywhere" title={name}>
      {name}
    </bdi>
  );
}
