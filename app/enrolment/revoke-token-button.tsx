import { useFetcher } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../hosts/act-problem';
import type { ActResult } from '../hosts/act.server';
import { useAnnounce } from '../ui/announcer';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import type { EnrolmentToken } from './enrolment-types';

/** Revoke: asks first, naming the token, what happens and what does not. */
export function RevokeTokenButton({ token, isOffered }: { token: EnrolmentToken; isOffered: boolean }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const fetcher = useFetcher<ActResult>();
  const [isOpen, setOpen] = useState(false);
  const { data, state } = fetcher;
  const isPending = state !== 'idle';
  const name = { name: token.name };
  const latest = useRef({ announce, t });
  useEffect(() => {
    latest.current = { announce, t };
  });
  useEffect(() => {
    if (!data || data.problem) return;
    latest.current.announce(latest.current.t('enrolment.revoke.done', { name: token.name }));
  }, [data, token.name]);

  // The list was read again with the answer: a token that is no longer active has nothing to ask about.
  if (!isOffered && !isPending) return null;
  return (
    <>
      <Button onPress={() => setOpen(true)} aria-label={t('enrolment.revoke.verb', name)}>
        {t('act.revoke')}
      </Button>
      <ConfirmDialog
        title={t('enrolment.revoke.title', name)}
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb={t('enrolment.revoke.verb', name)}
        cancel={t('act.cancel')}
        isPending={isPending}
        onConfirm={() => fetcher.submit(null, { method: 'post', action: `/enrolment/${token.id}/revoke` })}
      >
        <p>{t('enrolment.revoke.text')}</p>
        <p className="text-ink-2">{t('enrolment.revoke.back')}</p>
        {!isPending && <ActProblem problem={data?.problem ?? null} />}
      </ConfirmDialog>
    </>
  );
}
