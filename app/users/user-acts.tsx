import { useNavigate } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../act-problem';
import { DangerButton } from '../danger-button';
import { Button } from '../ui/button';
import { useAct } from '../use-act';
import { nameOf, type UserRow } from './user-types';

/** Unlock or Activate: gives back what was taken, and asks nothing. */
export function PlainUserAct({ user, act }: { user: UserRow; act: 'unlock' | 'activate' }) {
  const { t } = useTranslation();
  const name = { user: nameOf(user) };
  const { Form, form, isPending, problem } = useAct(`/users/${user.id}/${act}`, t(`userAct.done.${act}`, name));
  return (
    <Form {...form} className="flex flex-col gap-2">
      <Button type="submit" look="primary" isPending={isPending} aria-label={t(`userAct.${act}User`, name)}>
        {t(`userAct.${act}`)}
      </Button>
      {!isPending && <ActProblem problem={problem} />}
    </Form>
  );
}

interface Props {
  user: UserRow;
  act: 'deactivate' | 'delete' | 'signOut';
  isOffered?: boolean;
}

const PATHS = { deactivate: 'deactivate', delete: 'delete', signOut: 'sign-out' };

/** Takes something away, and says before what. */
export function DangerousUserAct({ user, act, isOffered = true }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = { user: nameOf(user) };
  const label = t(`userAct.${act}`);
  const verb = t(`userAct.${act}User`, name);
  return (
    <DangerButton
      label={label}
      // Whom it is about stands within its verb.
      name={act === 'signOut' ? t('userAct.of', { act: label, ...name }) : verb}
      verb={verb}
      title={t(`userAct.confirm.${act}.title`, name)}
      action={`/users/${user.id}/${PATHS[act]}`}
      done={t(`userAct.done.${act}`, name)}
      onDone={act === 'delete' ? () => navigate('/users') : undefined}
      isOffered={isOffered}
    >
      <p>{t(`userAct.confirm.${act}.text`)}</p>
      <p className="text-ink-2">{t(`userAct.confirm.${act}.back`)}</p>
    </DangerButton>
  );
}
