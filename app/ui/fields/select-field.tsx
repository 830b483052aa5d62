import { useId, type ReactNode } from 'react';

interface Props {
  id?: string;
  /** Absent from what its form sends without one. */
  name?: string;
  label: string;
  description?: ReactNode;
  options: { value: string; text: string }[];
  defaultValue?: string;
  /** Instead, where it is also chosen elsewhere. */
  value?: string;
  onChange?: (value: string) => void;
}

/**
 * One of a few. The browser's own: every phone and every screen reader knows it, and it works before the script is
 * there.
 */
export function SelectField({ id: given, name, label, description, options, defaultValue, value, onChange }: Props) {
  const own = useId();
  const id = given ?? own;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-13 font-medium">
        {label}
      </label>
      <select
        id={id}
        name={name}
        {...(value === undefined ? { defaultValue } : { value })}
        onChange={onChange && (({ target }) => onChange(target.value))}
        aria-describedby={description ? `${id}-description` : undefined}
        className="h-10 max-w-full rounded-4 border border-line-strong bg-raised px-2 text-16 sm:text-14"
      >
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {description && (
        <p id={`${id}-description`} className="text-12 text-ink-2">
          {description}
        </p>
      )}
    </div>
  );
}
