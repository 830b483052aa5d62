import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  title: string;
  /** The fields that need mending, by their ids; a click goes there. */
  fields?: { id: string; text: string }[];
  /** A new value takes the focus again: the same mistake twice must be heard twice. */
  occurrence: unknown;
  children?: ReactNode;
}

/**
 * What went wrong with a form, above it. Takes the focus, so that it is read out and the keyboard is near the fields.
 */
export function FormSummary({ title, fields = [], occurrence, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [occurrence]);
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="flex flex-col gap-2 rounded-4 border-s-4 border-down-edge bg-down-tint px-4 py-3 text-13"
    >
      <p className="font-medium text-down">{title}</p>
      {fields.length > 0 && (
        <ul className="flex flex-col gap-1">
          {fields.map(({ id, text }) => (
            <li key={id}>
              <a href={`#${id}`} className="link">
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
      {children}
    </div>
  );
}
