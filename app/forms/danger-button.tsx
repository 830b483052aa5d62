import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from './act-problem';
import { Button, type ButtonLook } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import type { ActPath } from './act-types';
import { useAct, type Act } from './use-act';

interface Props<Path extends ActPath> extends Act<Path> {
  /** On the button of the page. */
  label: string;
  /**
   * What that button is called where it is not seen among what it is about. Its label is in it: who speaks to their
   * browser says what they see. Absent: the verb.
   */
  name?: string;
  /** The act and its object: "Revoke web-01". */
  verb: string;
  title: string;
  act: Path;
  /**
   * A dialog that is open stays all the same: it says what the act was refused for when somebody was faster, and the
   * live stream may tell of the act before its own answer is here.
   */
  isOffered: boolean;
  /** Shown, and of no use for now. */
  isDisabled?: boolean;
  look?: ButtonLook;
  /** On the button that does nothing, where the act itself is to cancel. */
  dismiss?: string;
  /** What will happen, and how to undo it. */
  children: ReactNode;
}

/** A dangerous act: asks first, naming the object, what will happen and how to undo it. */
export function DangerButton<Path extends ActPath>({
  label,
  verb,
  name = verb,
  title,
  act,
  on,
  done,
  onDone,
  isOffered,
  isDisabled = false,
  look = 'quiet',
  dismiss,
  children,
}: Props<Path>) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { submit, isPending, problem } = useAct(act, {
    on,
    done,
    onDone: (answer) => {
      setOpen(false);
      onDone?.(answer);
    },
  });
  if (!isOffered && !isPending && !isOpen) return null;
  return (
    <>
      <Button look={look} isDisabled={isDisabled} onPress={() => setOpen(true)} aria-label={name}>
        {label}
      </Button>
      <ConfirmDialog
        title={title}
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb={verb}
        cancel={dismiss ?? t('act.cancel')}
        isPending={isPending}
        onConfirm={() => submit()}
      >
        {children}
        {!isPending && <ActProblem problem={problem} />}
      </ConfirmDialog>
    </>
  );
}
