import type { InputHTMLAttributes, ReactNode } from 'react';
import { Field } from './field';

export interface TextFieldProps extends Omit<
  InputHTMLAttributes<HTMLInputElement>,
  'className' | 'style' | 'value' | 'onChange'
> {
  label: string;
  description?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: string | undefined;
}

export const inputClass =
  'h-10 rounded-4 border border-line-strong bg-raised px-3 text-16 aria-invalid:border-down-edge sm:text-14';

/** A labelled input with its help and its error. */
export function TextField({ id, label, description, error, ...props }: TextFieldProps) {
  return (
    <Field id={id} label={label} description={description} error={error}>
      {(tied) => <input type="text" {...props} {...tied} className={inputClass} />}
    </Field>
  );
}
