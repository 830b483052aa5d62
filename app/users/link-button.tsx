import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import type { useAct } from '../forms/use-act';
import { useMe } from '../permissions';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import { nameOf, type UserRow } from './user-types';

export type LinkAct = ReturnType<typeof useAct<'users.renewLink'>>;

interface Props {
  user: UserRow;
  /** The page's, which shows the link that comes back. */
  act: LinkAct;
  /** A dialog that is open stays all the same: it says why there is no link. */
  isOffered: boolean;
}

/** Makes a one-time link, after asking: whoever holds it takes the account over. */
export function LinkButton({ user, act: { submit, isPending, problem, answer }, isOffered }: Props) {
  const { t } = useTranslation();
  // Open until there is another link than the one that was there when it was opened.
  const [openOn, setOpenOn] = useState<{ answer: typeof answer } | null>(null);
  const isOpen = openOn !== null && openOn.answer === answer;
  const name = { user: nameOf(user) };
  const context = useMe()?.id === user.id ? 'self' : undefined;
  const act = user.state === 'invited' ? t('userAct.inviteAgain') : t('userAct.link');
  if (!isOffered && !isOpen) return null;
  return (
    <>
      <Button onPress={() => setOpenOn({ answer })} aria-label={t('userAct.of', { act, ...name })}>
        {act}
      </Button>
      <ConfirmDialog
        title={t('userAct.confirm.link.title', name)}
        isOpen={isOpen}
        onOpenChange={(isOpen) => setOpenOn(isOpen ? { answer } : null)}
        verb={t('userAct.linkUser', name)}
        cancel={t('act.cancel')}
        isPending={isPending}
        onConfirm={() => submit()}
      >
        <p>{t('userAct.confirm.link.text')}</p>
        {user.state !== 'invited' && <p className="text-ink-2">{t('userAct.confirm.link.back', { context })}</p>}
        {!isPending && <ActProblem problem={problem} />}
      </ConfirmDialog>
    </>
  );
}
