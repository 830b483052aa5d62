import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button';

interface DialogProps {
  title: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** An `alertdialog` interrupts: it is read out whole and does not close by a click beside it. */
  role?: 'dialog' | 'alertdialog';
  children: ReactNode;
}

export function Dialog({ title, isOpen, onOpenChange, role = 'dialog', children }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable={role === 'dialog'}
      className="fixed inset-0 z-40 grid items-end justify-items-center bg-veil sm:items-center sm:p-4"
    >
      <Modal className="w-full max-w-lg animate-rise">
        <AriaDialog
          role={role}
          className="flex max-h-[90dvh] flex-col gap-4 overflow-y-auto rounded-t-8 bg-raised p-6 text-14 shadow-float
            outline-none sm:rounded-8"
        >
          <Heading slot="title" className="text-16 font-semibold wrap-anywhere">
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps extends Omit<DialogProps, 'role'> {
  /** The act and its object, as on the button: "Revoke web-01". */
  verb: string;
  cancel: string;
  isPending: boolean;
  /** While something is still to be typed. */
  isDisabled?: boolean;
  onConfirm: () => void;
}

/** Asks before a dangerous act. The focus starts on Cancel, so that a reflexive Enter changes nothing. */
export function ConfirmDialog({
  verb,
  cancel,
  isPending,
  isDisabled = false,
  onConfirm,
  children,
  ...dialog
}: ConfirmProps) {
  return (
    <Dialog {...dialog} role="alertdialog">
      {children}
      <div className="flex flex-wrap justify-end gap-2 pt-2">
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the focus must go somewhere, and here it does no harm */}
        <Button autoFocus onPress={() => dialog.onOpenChange(false)}>
          {cancel}
        </Button>
        <Button look="danger" isPending={isPending} isDisabled={isDisabled} onPress={onConfirm}>
          <span className="max-w-64 truncate">{verb}</span>
        </Button>
      </div>
    </Dialog>
  );
}
