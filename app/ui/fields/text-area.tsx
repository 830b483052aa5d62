import type { ReactNode, TextareaHTMLAttributes } from 'react';
import { Field } from './field';

interface Props extends Omit<
  TextareaHTMLAttributes<HTMLTextAreaElement>,
  'className' | 'style' | 'value' | 'onChange'
> {
  label: string;
  description?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: ReactNode;
  /** Each character as wide as the other. */
  isCode?: boolean;
}

/** A labelled field for text of several lines, with its error beside it. */
export function TextArea({ id, label, description, rows = 4, error, isCode, ...props }: Props) {
  return (
    <Field id={id} label={label} description={description} error={error}>
      {(tied) => (
        <textarea
          {...props}
          {...tied}
          rows={rows}
          className={`${isCode ? 'mono' : ''} resize-y rounded-4 border border-line-strong bg-raised px-3 py-2 text-16 aria-invalid:border-down-edge sm:text-14`}
        />
      )}
    </Field>
  );
}
