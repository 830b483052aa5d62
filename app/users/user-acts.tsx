import { useNavigate } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { DangerButton } from '../forms/danger-button';
import { useMe } from '../permissions';
import { Button } from '../ui/button';
import { useAct } from '../forms/use-act';
import { nameOf, type UserRow } from './user-types';

interface PlainProps {
  user: UserRow;
  act: 'unlock' | 'activate';
  /** When it is not, because somebody was faster, what the act was refused for still stands there. */
  isOffered: boolean;
}

/** Unlock or Activate: gives back what was taken, and asks nothing. */
export function PlainUserAct({ user, act, isOffered }: PlainProps) {
  const { t } = useTranslation();
  // Whoever never was in may have no password yet.
  const name = { user: nameOf(user), context: user.lastSignInAt === null ? 'new' : undefined };
  const { Form, form, isPending, problem } = useAct(`users.${act}`, {
    on: { userId: user.id },
    done: t(`userAct.done.${act}`, name),
  });
  if (!isOffered && !isPending && !problem) return null;
  return (
    <Form {...form} className="flex flex-col gap-2">
      {(isOffered || isPending) && (
        <Button type="submit" look="primary" isPending={isPending} aria-label={t(`userAct.${act}User`, name)}>
          {t(`userAct.${act}`)}
        </Button>
      )}
      {!isPending && <ActProblem problem={problem} />}
    </Form>
  );
}

interface Props {
  user: UserRow;
  act: 'deactivate' | 'delete' | 'signOutEverywhere';
  isOffered?: boolean;
}

/** Takes something away, and says before what. */
export function DangerousUserAct({ user, act, isOffered = true }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const context = useMe()?.id === user.id ? 'self' : undefined;
  const name = { user: nameOf(user), context };
  const label = t(`userAct.${act}`);
  const verb = t(`userAct.${act}User`, name);
  return (
    <DangerButton
      label={label}
      // Whom it is about stands within its verb.
      name={act === 'signOutEverywhere' ? t('userAct.of', { act: label, ...name }) : verb}
      verb={verb}
      title={t(`userAct.confirm.${act}.title`, name)}
      act={`users.${act}`}
      on={{ userId: user.id }}
      done={t(`userAct.done.${act}`, name)}
      onDone={act === 'delete' ? () => navigate('/users', { replace: true }) : undefined}
      isOffered={isOffered}
    >
      <p>{t(`userAct.confirm.${act}.text`, { context })}</p>
      <p className="text-ink-2">{t(`userAct.confirm.${act}.back`, { context })}</p>
    </DangerButton>
  );
}
