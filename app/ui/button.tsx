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

/** `bar` stands among others; `icon` is a square; `field` is as tall as the fields it sends. */
export type ButtonShape = 'bar' | 'icon' | 'field';

const SHAPES: Record<ButtonShape, string> = {
  bar: 'h-8 pointer-coarse:h-10 px-3',
  icon: 'size-8 pointer-coarse:size-10',
  field: 'h-10 px-3',
};

const BASE =
  'relative inline-flex shrink-0 select-none items-center justify-center gap-2 rounded-4 text-13 font-medium ' +
  'whitespace-nowrap no-underline data-disabled:opacity-50';

export function buttonClass(look: ButtonLook, shape: ButtonShape = 'bar'): string {
  return `${BASE} ${SHAPES[shape]} ${LOOKS[look]}`;
}

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  look?: ButtonLook;
  /** An `icon` needs an `aria-label`. */
  shape?: ButtonShape;
  children: ReactNode;
}

/** While `isPending` it keeps its place, its width and the focus, and cannot be pressed again. */
export function Button({ look = 'quiet', shape = 'bar', children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={buttonClass(look, shape)}>
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
