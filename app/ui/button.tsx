import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Spinner } from './spinner';

const LOOKS = {
  /** The one act a view is for. */
  primary: 'bg-ink text-paper hover:bg-ink-2',
  quiet: 'border border-line-strong text-ink hover:bg-sunken active:bg-line',
  /** Takes something away. Only inside the dialog that says what. */
  danger: 'bg-down text-paper hover:opacity-90',
  /** In a bar, between others of its kind. */
  plain: 'text-ink-2 hover:bg-line hover:text-ink aria-expanded:bg-line aria-expanded:text-ink',
} as const;

export type ButtonLook = keyof typeof LOOKS;

export function buttonClass(look: ButtonLook, isIcon = false): string {
  const width = isIcon ? 'w-8 pointer-coarse:w-10' : 'px-3';
  return `relative inline-flex h-8 pointer-coarse:h-10 ${width} shrink-0 select-none items-center justify-center gap-2 rounded-4 text-13 font-medium whitespace-nowrap no-underline data-disabled:opacity-50 ${LOOKS[look]}`;
}

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  look?: ButtonLook;
  /** Square, for a lone icon. Needs an `aria-label`. */
  isIcon?: boolean;
  children: ReactNode;
}

/** While `isPending` it keeps its place, its width and the focus, and cannot be pressed again. */
export function Button({ look = 'quiet', isIcon = false, children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={buttonClass(look, isIcon)}>
      {props.isPending ? (
        <>
          <span className="inline-flex items-center gap-2 opacity-40">{children}</span>
          <Spinner />
        </>
      ) : (
        children
      )}
    </AriaButton>
  );
}
