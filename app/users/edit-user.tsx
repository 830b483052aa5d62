import { Form, useNavigation, useSubmit } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { useMe } from '../permissions';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import { DoneWithoutScript } from '../ui/done-without-script';
import { useAnnounceOnce } from '../use-announce-once';
import { useOnce } from '../forms/use-once';
import { PersonFields, personIds, personOf, type Person, type PersonField } from './person-fields';
import { nameOf, type UserRow } from './user-types';

/** What was sent: the person as typed, and as the form saw them before. */
export const sentIn = (form: FormData) => ({ person: personOf(form), was: personOf(form, 'was.') });

/** What the person changed, and nothing that somebody else may have changed since the form was loaded. */
export function changesIn(form: FormData): Partial<Person> & { was: Person } {
  const { person, was } = sentIn(form);
  const { email, name, role } = person;
  return {
    was,
    ...(email !== was.email && { email }),
    ...(name !== was.name && { name }),
    ...(role !== was.role && { role }),
  };
}

interface Props {
  user: UserRow;
  answer: { person: Person; was: Person; errors: FormErrors<PersonField> | null } | undefined;
}

/** Changes what is known of somebody and what they may do. Asks before it takes the administrator role away. */
export function EditUser({ user, answer }: Props) {
  const { t } = useTranslation();
  const submit = useSubmit();
  const { state, formMethod } = useNavigation();
  const isSaving = state !== 'idle' && formMethod === 'POST';
  const once = useOnce(isSaving, answer);
  const [asked, setAsked] = useState<FormData | null>(null);
  // Of when the fields were filled: the page is loaded again after each act, and they stay as they are.
  const [loaded] = useState(user);
  const was = answer?.was ?? loaded;
  const context = useMe()?.id === user.id ? 'self' : undefined;
  const name = { user: nameOf(user), context };
  useAnnounceOnce(answer && !answer.errors ? answer : null, t('user.saved'));
  return (
    <Form
      method="post"
      className="flex max-w-lg flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        const form = new FormData(event.currentTarget);
        if (was.role !== 'administrator' || personOf(form).role === 'administrator') return void once(event);
        event.preventDefault();
        setAsked(form);
      }}
    >
      <DoneWithoutScript isDone={answer?.errors === null} text={t('user.saved')} />
      {answer?.errors && !isSaving && <FormProblems errors={answer.errors} ids={personIds} />}
      {(['email', 'name', 'role'] as const).map((field) => (
        <input key={field} type="hidden" name={`was.${field}`} value={was[field]} readOnly />
      ))}
      <PersonFields person={answer?.person ?? user} errors={answer?.errors ?? undefined} />
      <Button type="submit" look="primary" shape="field" isPending={isSaving}>
        {t('act.save')}
      </Button>
      <ConfirmDialog
        title={t('userAct.confirm.demote.title', name)}
        isOpen={asked !== null}
        onOpenChange={() => setAsked(null)}
        verb={t('userAct.confirm.demote.verb', name)}
        cancel={t('act.cancel')}
        isPending={isSaving}
        onConfirm={() => {
          if (once()) submit(asked, { method: 'post' });
          setAsked(null);
        }}
      >
        <p>{t('userAct.confirm.demote.text', { context })}</p>
        <p className="text-ink-2">{t('userAct.confirm.demote.back', { context })}</p>
      </ConfirmDialog>
    </Form>
  );
}
