import type { ReactNode } from 'react';
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  type MenuItemProps,
  type PopoverProps,
  type Selection,
} from 'react-aria-components';
import { Button, type ButtonLook, type ButtonShape } from './button';
import { CheckIcon } from './icons';

interface MenuButtonProps {
  /** Names the button, for an icon; else it is its own words. */
  label?: string;
  face: ReactNode;
  look?: ButtonLook;
  shape?: ButtonShape;
  children: ReactNode;
}

export function MenuButton({ label, face, look = 'plain', shape = 'bar', children }: MenuButtonProps) {
  return (
    <MenuTrigger>
      <Button look={look} shape={shape} {...(label && { 'aria-label': label })}>
        {face}
      </Button>
      <MenuList placement="bottom end">{children}</MenuList>
    </MenuTrigger>
  );
}

/** What opens beside something. `className` says how wide. */
export function Popup({ className, ...props }: Omit<PopoverProps, 'className' | 'style'> & { className: string }) {
  return <Popover {...props} className={`animate-rise rounded-8 bg-raised shadow-float ${className}`} />;
}

/** What opens beside the button of a menu. */
export function MenuList({
  placement,
  children,
}: {
  placement: NonNullable<PopoverProps['placement']>;
  children: ReactNode;
}) {
  return (
    <Popup placement={placement} className="max-w-80 min-w-44">
      <AriaMenu className="max-h-[70dvh] overflow-y-auto p-1 text-13 outline-none">{children}</AriaMenu>
    </Popup>
  );
}

interface ChoiceProps {
  title: string;
  chosen: string;
  onChoose?: (id: string) => void;
  children: ReactNode;
}

/** One of several, with a tick at the one that holds. */
export function MenuChoice({ title, chosen, onChoose, children }: ChoiceProps) {
  const choose = (selection: Selection) => {
    const [id] = selection === 'all' ? [] : selection;
    if (id !== undefined) onChoose?.(String(id));
  };
  return (
    <MenuSection selectionMode="single" disallowEmptySelection selectedKeys={[chosen]} onSelectionChange={choose}>
      <Header className="px-2 pt-1 pb-1.5 text-12 text-ink-3">{title}</Header>
      {children}
    </MenuSection>
  );
}

export function MenuItem({
  children,
  ...props
}: Omit<MenuItemProps, 'className' | 'style' | 'children'> & { children: ReactNode }) {
  return (
    <AriaMenuItem
      {...props}
      className="flex min-h-8 cursor-pointer items-center gap-2 rounded-4 px-2 outline-none data-focused:bg-line
        pointer-coarse:min-h-10"
    >
      {({ isSelected, selectionMode }) => (
        <>
          {children}
          {selectionMode !== 'none' && (
            <span className="ms-auto ps-4">{isSelected ? <CheckIcon /> : <span className="block size-4" />}</span>
          )}
        </>
      )}
    </AriaMenuItem>
  );
}
