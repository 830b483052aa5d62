import { NavigationType, useNavigationType } from '@remix-run/react';
import { useEffect, useRef, type InputHTMLAttributes } from 'react';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'defaultValue'> {
  /** What the address says. */
  value: string;
}

/** A field that filters a list, and shows what the address says without being bound to it. */
export function FilterInput({ value, className = '', ...props }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const navigationType = useNavigationType();
  const shown = useRef<string>();
  useEffect(() => {
    if (shown.current === value) return;
    // The first address counts as one that was come back to, and somebody may have typed before the script was there.
    const isBack = navigationType === NavigationType.Pop && shown.current !== undefined;
    shown.current = value;
    // A cleared filter must show in the field, but never under somebody's typing; who goes back has left off.
    if (input.current && (isBack || input.current !== document.activeElement)) input.current.value = value;
  }, [value, navigationType]);
  return (
    <input
      {...props}
      ref={input}
      defaultValue={value}
      autoComplete="off"
      spellCheck={false}
      className={`h-8 w-full min-w-0 rounded-4 border border-line-strong bg-raised text-16 text-ink sm:text-13 pointer-coarse:h-10 ${className}`}
    />
  );
}
