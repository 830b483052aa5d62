/** What stands in one field of a form and is not what the page came with. */
interface TypedField {
  /** Of a box or a radio button also its value, as several have one name. */
  name: string;
  value: string;
  isBox: boolean;
  isSecret: boolean;
}

/** What a form says of one of its fields. JSON, and what a field of the page is, too. */
export type FieldState = Pick<HTMLInputElement, 'name' | 'type' | 'autocomplete' | 'value' | 'checked'>;

/** What was typed into one form and not sent. JSON. */
export interface TypedForm {
  /** Where the form is sent, of whom it is, and which fields it has: an address alone may have two forms. */
  form: string;
  fields: TypedField[];
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const BOXES = ['checkbox', 'radio'];
/** Nobody types into these. */
const UNTYPED = ['hidden', 'file', 'submit', 'button', 'reset', 'image'];

/**
 * All that was typed, or filled in by the browser, and not sent. With passwords: it must not leave the page's memory.
 */
export function readTyped(): TypedForm[] {
  return [...document.forms].flatMap((form) => {
    const fields = fieldsOf(form).filter(isTyped).map(asTyped);
    return fields.length > 0 ? [{ form: keyOf(form), fields }] : [];
  });
}

/** What of it may be stored. */
export const withoutSecrets = (typed: readonly TypedForm[]): TypedForm[] =>
  typed
    .map(({ form, fields }) => ({ form, fields: fields.filter(({ isSecret }) => !isSecret) }))
    .filter(({ fields }) => fields.length > 0);

/** The same of a form that was sent to `action`, all of whose fields these were. */
export function typedForm(action: string, states: readonly FieldState[]): TypedForm {
  const fields = states.filter(isTypable);
  return { form: keyFor(action, fields), fields: fields.map(asTyped) };
}

/**
 * Fills forms in with what was typed before, as if it were typed now. A field that holds something else meanwhile stays
 * as it is. Returns what had no form to go to.
 */
export function writeTyped(typed: readonly TypedForm[]): TypedForm[] {
  const forms = new Map([...document.forms].map((form) => [keyOf(form), form]));
  return typed.filter(({ form: key, fields }) => {
    const form = forms.get(key);
    if (!form) return true;
    for (const field of fieldsOf(form)) {
      const was = fields.find(({ name, isBox: wasBox }) => name === nameOf(field) && wasBox === isBox(field));
      if (was && !isTyped(field)) fill(field, was.value);
    }
    return false;
  });
}

/**
 * Whether one of them was typed into a form that is sent to this address: a path, `?`, and what says of whom it is.
 * @param fields all of the form's, where several are sent there
 */
export const isTypedFor = (typed: readonly TypedForm[], address: string, fields?: readonly string[]) =>
  typed.some(({ form }) => (fields ? form === [address, ...fields].join(' ') : form.startsWith(`${address} `)));

function fill(field: Field, value: string) {
  if (isBox(field)) {
    // A click, so that whoever listens hears of it.
    if (valueOf(field) !== value) field.click();
    return;
  }
  // A choice that is not offered any more would leave none.
  if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === value)) return;
  // Past React, which else believes that it has set the value itself, and tells nobody of the change.
  const prototype = Object.getPrototypeOf(field) as Field;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

// Not `form.elements`, `form.action`: a field of that name would stand in their place.
const fieldsOf = (form: HTMLFormElement) =>
  [...form.querySelectorAll<Field>('input, textarea, select')].filter(isTypable);

const keyOf = (form: HTMLFormElement) => keyFor(form.getAttribute('action') ?? '', fieldsOf(form));

function keyFor(action: string, fields: readonly Pick<FieldState, 'name'>[]): string {
  const { pathname, searchParams } = new URL(action, location.href);
  // Where to go afterwards. What is left says of whom it is: an act has one address for all hosts.
  searchParams.delete('next');
  return `${pathname}?${searchParams} ${[...new Set(fields.map(({ name }) => name))].join(' ')}`;
}

const isTypable = ({ name, type }: Pick<FieldState, 'name' | 'type'>) => name !== '' && !UNTYPED.includes(type);
const isBox = (field: Pick<FieldState, 'type'>): field is HTMLInputElement => BOXES.includes(field.type);
/** Whether it must not be stored. It also runs by itself in `keepSent`'s inline script. */
export const isSecret = ({ type, autocomplete }: Pick<FieldState, 'type' | 'autocomplete'>) =>
  type === 'password' || /password|one-time-code/.test(autocomplete);
const nameOf = (field: Field | FieldState) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
const valueOf = (field: Field | FieldState) => (isBox(field) ? String(field.checked) : field.value);
const asTyped = (field: Field | FieldState): TypedField => ({
  name: nameOf(field),
  value: valueOf(field),
  isBox: isBox(field),
  isSecret: isSecret(field),
});

/** Whether it holds anything else than the page came with. */
function isTyped(field: Field): boolean {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  // Of one whose value React keeps, `defaultValue` is no more than that value.
  if (!(field instanceof HTMLSelectElement)) return field.value !== (field.dataset['initial'] ?? field.defaultValue);
  const first = [...field.options].find(({ defaultSelected }) => defaultSelected) ?? field.options[0];
  return field.value !== (first?.value ?? '');
}
