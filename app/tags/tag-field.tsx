import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Field } from '../ui/fields/field';
import { inputClass, type TextFieldProps } from '../ui/fields/text-field';
import { Popup } from '../ui/menu';
import type { TagCombo } from './tag-combo';

interface Props extends Omit<TextFieldProps, 'onInput'> {
  /** Several tags, with commas between them. */
  isList?: boolean;
  /** A space ends a tag here: one that has a space in it cannot be written. */
  isOfWords?: boolean;
  onText?: (text: string) => void;
}

/**
 * An input for tags, which suggests those that hosts have. It is a plain one until the script for that is there, which
 * no page waits for; what was typed until then stays, and the caret where it is.
 */
export function TagField({ id, label, description, error, isList, isOfWords, onText, autoFocus, ...input }: Props) {
  const plain = useRef<HTMLInputElement>(null);
  const [loaded, setLoaded] = useState<{ Combo: typeof TagCombo; start: { value: string; caret: number | null } }>();
  useEffect(() => {
    let isGone = false;
    import('./tag-combo').then(
      ({ TagCombo: Combo }) => {
        const field = plain.current;
        if (isGone || !field) return;
        const caret = field === document.activeElement ? field.selectionStart : null;
        // At once: a letter that is typed before the next one is drawn would be lost.
        flushSync(() => setLoaded({ Combo, start: { value: field.value, caret } }));
      },
      (failure: unknown) => console.error('Tags are not suggested; they can be typed all the same.', failure),
    );
    return () => void (isGone = true);
  }, []);
  return (
    <Field id={id} label={label} description={description} error={error}>
      {(tied) =>
        loaded ? (
          // With what opens beside it: imported from there, too, the bundler would cut the script that all pages have.
          <loaded.Combo
            {...{ isList, isOfWords, onText, label, Popup }}
            start={loaded.start}
            input={{ ...input, ...tied }}
          />
        ) : (
          <input
            ref={plain}
            type="text"
            autoComplete="off"
            spellCheck={false}
            // eslint-disable-next-line jsx-a11y/no-autofocus -- whoever draws the field says why
            autoFocus={autoFocus}
            {...input}
            {...tied}
            onInput={(event) => onText?.(event.currentTarget.value)}
            className={inputClass}
          />
        )
      }
    </Field>
  );
}
