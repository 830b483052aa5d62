import type { ReactNode } from 'react';
import { FieldError, Input, Label, Text, TextField as AriaTextField, type TextFieldProps } from 'react-aria-components';

interface Props extends Omit<TextFieldProps, 'className' | 'style' | 'children'> {
  label: string;
  description?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: string | undefined;
}

/** A labelled input with its help and its error beside it, all tied together for screen readers. */
export function TextField({ label, description, error, ...props }: Props) {
  return (
    <AriaTextField {...props} isInvalid={Boolean(error)} validationBehavior="aria" className="flex flex-col gap-1">
      <Label className="text-13 font-medium">{label}</Label>
      <Input className="h-10 rounded-4 border border-line-strong bg-raised px-3 text-16 data-invalid:border-down-edge
        sm:text-14" />
      {description && (
        <Text slot="description" className="text-12 text-ink-2">
          {description}
        </Text>
      )}
      <FieldError className="text-13 text-down">{error}</FieldError>
    </AriaTextField>
  );
}
