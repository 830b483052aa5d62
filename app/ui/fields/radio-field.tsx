interface Props {
  id: string;
  name: string;
  label: string;
  defaultValue: string;
  options: { value: string; text: string; meaning: string }[];
}

/**
 * One of a few, where each needs a sentence to choose by. The browser's own: what was chosen before the script is there
 * stays.
 */
export function RadioField({ id, name, label, defaultValue, options }: Props) {
  return (
    <fieldset id={id} tabIndex={-1} className="flex flex-col gap-2 outline-none">
      <legend className="pb-2 text-13 font-medium">{label}</legend>
      {options.map(({ value, text, meaning }) => (
        <label key={value} className="grid cursor-pointer grid-cols-[auto_1fr] gap-x-3 py-0.5">
          <input
            type="radio"
            name={name}
            value={value}
            defaultChecked={value === defaultValue}
            className="mt-0.5 size-4 shrink-0 accent-ink"
          />
          <span className="text-14">{text}</span>
          <span className="col-start-2 text-12 text-ink-2">{meaning}</span>
        </label>
      ))}
    </fieldset>
  );
}
