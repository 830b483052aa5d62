import { useContext, useEffect, useLayoutEffect, useRef, useState, type InputHTMLAttributes } from 'react';
import { ComboBox, ComboBoxStateContext, Input, ListBox, ListBoxItem } from 'react-aria-components';
import type { Popup as MenuPopup } from '../menu';
import { partAt, partsOf, withPartAt } from './part-at';
import { inputClass } from './text-field';

interface Props {
  label: string;
  /** Several are written, with commas between them: each is suggested by itself. */
  isList?: boolean | undefined;
  /** What is suggested for the last part that was told. */
  found: readonly string[];
  /** Called with the part that is being typed, which may be nothing yet; null when nothing is to be suggested. */
  onPart: (part: string | null) => void;
  /** Called with all that stands there, when it changes. */
  onText?: ((text: string) => void) | undefined;
  /** What the plain input had in whose place this comes. The caret is null where the focus was elsewhere. */
  start: { value: string; caret: number | null };
  input: InputHTMLAttributes<HTMLInputElement> & { id: string };
  Popup: typeof MenuPopup;
}

/** An input that suggests what to write. Anything can be written: what is suggested only spares letters. */
export function ComboInput({ label, start, isList = false, found, onPart, onText, input, Popup }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(start.value);
  const [isOpen, setOpen] = useState(false);
  const { defaultValue = '' } = input;
  const caret = useRef(start.caret);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current!.focus();
    field.current!.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, []);
  const place = () => field.current?.selectionStart ?? text.length;
  const partOf = (whole: string) => {
    if (!isList) return whole.trim();
    const { from, to } = partAt(whole, place());
    return whole.slice(from, to);
  };
  const write = (next: string, part: string | null) => {
    setText(next);
    onText?.(next);
    onPart(part);
  };
  const others = isList ? partsOf(text) : [];
  const items = found.filter((one) => !others.includes(one)).map((id) => ({ id }));
  return (
    // A field in a dialog: Escape closes what is suggested, and the dialog with the next.
    <div
      role="presentation"
      className="contents"
      onKeyDown={(event) => isOpen && event.key === 'Escape' && event.stopPropagation()}
    >
      <ComboBox
        className="contents"
        id={input.id}
        aria-label={label}
        aria-describedby={input['aria-describedby']}
        validationBehavior="aria"
        allowsCustomValue
        inputValue={text}
        selectedKey={null}
        items={items}
        onInputChange={(next) => write(next, partOf(next) || null)}
        onSelectionChange={(key) => {
          if (key === null) return;
          write(isList ? withPartAt(text, place(), String(key)) : String(key), null);
        }}
        onOpenChange={(isOpenNow, trigger) => {
          setOpen(isOpenNow);
          if (isOpenNow && trigger === 'manual') onPart(partOf(text));
        }}
      >
        {/* React makes what is typed the browser's `defaultValue`: whoever keeps what was typed asks what it was. */}
        <Input {...withoutValue(input)} ref={field} data-initial={defaultValue} className={inputClass} />
        <OpenWhenFound items={items} />
        <Popup className="max-w-[min(32rem,90vw)] min-w-(--trigger-width)">
          <ListBox className="max-h-[min(20rem,50dvh)] overflow-y-auto p-1 text-13 outline-none">
            {({ id }: (typeof items)[number]) => (
              <ListBoxItem
                textValue={id}
                className="mono flex min-h-8 cursor-pointer items-center rounded-4 px-2 wrap-anywhere outline-none
                  data-focused:bg-line pointer-coarse:min-h-10"
              >
                <bdi>{id}</bdi>
              </ListBoxItem>
            )}
          </ListBox>
        </Popup>
      </ComboBox>
    </div>
  );
}

const withoutValue = ({ defaultValue: _defaultValue, ...input }: Props['input']) => input;

/** The box opens by itself for what it has when a letter is typed. What is asked for by the letter comes later. */
function OpenWhenFound({ items }: { items: readonly { id: string }[] }) {
  const state = useContext(ComboBoxStateContext);
  const first = items[0]?.id;
  const latest = useRef(state);
  useEffect(() => void (latest.current = state));
  useEffect(() => {
    const box = latest.current;
    if (first !== undefined && box?.isFocused && !box.isOpen) box.open(null, 'input');
  }, [first]);
  return null;
}
