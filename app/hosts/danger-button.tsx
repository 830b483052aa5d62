import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import { ActProblem } from './act-problem';
import type { HostRow } from './host-types';
import { useHostAct } from './use-host-act';

interface Props {
  host: HostRow;
  act: 'revoke' | 'delete';
  /**
   * Rendered all the same when it is not: the live stream may tell of the act before its own answer is here to be
   * shown.
   */
  isOffered: boolean;
  onDone?: () => void;
}

/** Revoke or Delete: asks first, naming the host, what will happen and how to undo it. */
export function DangerButton({ host, act, isOffered, onDone }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { submit, isPending, problem } = useHostAct(host, act, () => {
    setOpen(false);
    onDone?.();
  });
  const name = { host: host.fqdn };
  if (!isOffered && !isPending) return null;
  return (
    <>
      <Button onPress={() => setOpen(true)} aria-label={t(`act.${act}Host`, name)}>
        {t(`act.${act}`)}
      </Button>
      <ConfirmDialog
        title={t(`confirm.${act}.title`, name)}
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb={t(`act.${act}Host`, name)}
        cancel={t('act.cancel')}
        isPending={isPending}
        onConfirm={() => submit()}
      >
        <p>{t(`confirm.${act}.text`)}</p>
        <p className="text-ink-2">{t(`confirm.${act}.back`)}</p>
        {!isPending && <ActProblem problem={problem} />}
      </ConfirmDialog>
    </>
  );
}
