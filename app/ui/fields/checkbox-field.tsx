import { useId, type ReactNode } from 'react';

interface Props {
  name: string;
  label: string;
  /** What it means to tick it. */
  description: ReactNode;
  defaultChecked?: boolean;
}

export function CheckboxField({ name, label, description, defaultChecked }: Props) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <input
        type="checkbox"
        id={id}
        name={name}
        defaultChecked={defaultChecked}
        aria-describedby={`${id}-means`}
        className="mt-0.5 size-4 shrink-0 accent-ink pointer-coarse:size-5"
      />
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-13 font-medium">
          {label}
        </label>
        <p id={`${id}-means`} className="text-12 text-ink-2">
          {description}
        </p>
      </div>
    </div>
  );
}
