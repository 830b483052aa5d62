import { useId, type ReactNode } from 'react';

interface Props {
  id?: string | undefined;
  label: string;
  description?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: ReactNode;
  /** The browser's own field, with what ties it to the words around it. */
  children: (tied: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': true | undefined;
  }) => ReactNode;
}

/**
 * A label, a field, its help and its error, all tied together for screen readers. The field is the browser's own and
 * keeps its value itself: React has no say in it, so that what was typed before the script was there stays.
 */
export function Field({ id: given, label, description, error, children }: Props) {
  const own = useId();
  const id = given ?? own;
  const words = [description && `${id}-description`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-13 font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': words || undefined, 'aria-invalid': error ? true : undefined })}
      {description && (
        <p id={`${id}-description`} className="text-12 text-ink-2">
          {description}
        </p>
      )}
      {error && (
        <div id={`${id}-error`} className="text-13 text-down">
          {error}
        </div>
      )}
    </div>
  );
}
