import type { useFetcher } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useMe } from '../permissions';
import type { LinkResult } from '../routes/_app.users.$userId.link';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import { useOnce } from '../forms/use-once';
import { nameOf, type UserRow } from './user-types';

interface Props {
  user: UserRow;
  /** The page's, which shows the link that comes back. */
  fetcher: ReturnType<typeof useFetcher<LinkResult>>;
  /** A dialog that is open stays all the same: it says why there is no link. */
  isOffered: boolean;
}

/** Makes a one-time link, after asking: whoever holds it takes the account over. */
export function LinkButton({ user, fetcher, isOffered }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const isPending = fetcher.state !== 'idle';
  const { data } = fetcher;
  const once = useOnce(isPending, data);
  const shown = useRef(data);
  useEffect(() => {
    if (data?.link && shown.current !== data) setOpen(false);
    shown.current = data;
  }, [data]);
  const name = { user: nameOf(user) };
  const context = useMe()?.id === user.id ? 'self' : undefined;
  const act = user.state === 'invited' ? t('userAct.inviteAgain') : t('userAct.link');
  if (!isOffered && !isOpen) return null;
  return (
    <>
      <Button onPress={() => setOpen(true)} aria-label={t('userAct.of', { act, ...name })}>
        {act}
      </Button>
      <ConfirmDialog
        title={t('userAct.confirm.link.title', name)}
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb={t('userAct.linkUser', name)}
        cancel={t('act.cancel')}
        isPending={isPending}
        onConfirm={() => {
          if (once()) fetcher.submit(null, { method: 'post', action: `/users/${user.id}/link` });
        }}
      >
        <p>{t('userAct.confirm.link.text')}</p>
        {user.state !== 'invited' && <p className="text-ink-2">{t('userAct.confirm.link.back', { context })}</p>}
        {!isPending && <ActProblem problem={data?.problem ?? null} />}
      </ConfirmDialog>
    </>
  );
}
