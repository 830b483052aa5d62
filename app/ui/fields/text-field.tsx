import type { InputHTMLAttributes, ReactNode } from 'react';
import { Field } from './field';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'style' | 'value' | 'onChange'> {
  label: string;
  description?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: string | undefined;
}

/** A labelled input with its help and its error. */
export function TextField({ id, label, description, error, ...props }: Props) {
  return (
    <Field id={id} label={label} description={description} error={error}>
      {(tied) => (
        <input
          type="text"
          {...props}
          {...tied}
          className="h-10 rounded-4 border border-line-strong bg-raised px-3 text-16 aria-invalid:border-down-edge sm:text-14"
        />
      )}
    </Field>
  );
}
