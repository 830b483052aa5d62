import { FieldError, Label, TextArea as AriaTextArea, TextField, type TextFieldProps } from 'react-aria-components';

interface Props extends Omit<TextFieldProps, 'className' | 'style' | 'children'> {
  label: string;
  rows?: number;
  /** What is wrong with the value, and what to do. */
  error?: string | undefined;
}

/** A labelled field for text of several lines, with its error beside it. */
export function TextArea({ label, rows = 4, error, ...props }: Props) {
  return (
    <TextField {...props} isInvalid={Boolean(error)} validationBehavior="aria" className="flex flex-col gap-1">
      <Label className="text-13 font-medium">{label}</Label>
      <AriaTextArea
        rows={rows}
        className="resize-y rounded-4 border border-line-strong bg-raised px-3 py-2 text-16 data-invalid:border-down-edge sm:text-14"
      />
      <FieldError className="text-13 text-down">{error}</FieldError>
    </TextField>
  );
}
