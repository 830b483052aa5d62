import { useId } from 'react';

interface Props {
  name: string;
  label: string;
  options: { value: string; text: string; isChosen: boolean }[];
  /** What is wrong, and what to do. */
  error?: string | undefined;
}

/** Some of several. The browser's own, as they work before the script is there. */
export function CheckboxGroup({ name, label, options, error }: Props) {
  const id = useId();
  return (
    <fieldset
      id={name}
      tabIndex={-1}
      className="flex flex-col gap-1 outline-none"
      aria-describedby={error ? id : undefined}
    >
      <legend className="pb-1 text-13 font-medium">{label}</legend>
      {options.map(({ value, text, isChosen }) => (
        <label key={value} className="flex cursor-pointer items-start gap-3 py-1 text-14">
          <input
            type="checkbox"
            name={name}
            value={value}
            defaultChecked={isChosen}
            className="mt-0.5 size-4 shrink-0 accent-ink"
          />
          <span>{text}</span>
        </label>
      ))}
      {error && (
        <p id={id} className="text-13 text-down">
          {error}
        </p>
      )}
    </fieldset>
  );
}
