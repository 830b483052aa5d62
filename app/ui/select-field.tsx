import { useId } from 'react';

interface Props {
  id?: string;
  name: string;
  label: string;
  defaultValue: string;
  options: { value: string; text: string }[];
}

/** One of a few, by the browser's own list: it works before the script is there, and on a phone it is the phone's. */
export function SelectField({ id, name, label, defaultValue, options }: Props) {
  const own = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id ?? own} className="text-13 font-medium">
        {label}
      </label>
      <select
        id={id ?? own}
        name={name}
        defaultValue={defaultValue}
        className="h-10 rounded-4 border border-line-strong bg-raised px-2 text-16 sm:text-14"
      >
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
