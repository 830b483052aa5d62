import { Link, useFetcher, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import type { action } from '../routes/_app.profile';
import { Button } from '../ui/button';
import { DoneWithoutScript } from '../ui/done-without-script';
import { TextField } from '../ui/fields/text-field';
import { useAnswer } from '../forms/use-answer';
import { useAnswers } from '../forms/use-answers';
import { useAnnounceOnce } from '../use-announce-once';
import { useOnce } from '../forms/use-once';
import { NewPasswordFields } from '../users/new-password-fields';

export type ChangeField = 'old' | 'password' | 'repeat';

/** Whether the form is the one that asks for a new password, of the two on the profile. */
export const isChange = (form: FormData) => form.has('old');

export const refusedChange = (errors: FormErrors<ChangeField>) => ({ form: 'password' as const, errors });

/** Asks for the present password, and for the new one twice. */
export function ChangePasswordForm() {
  const { t } = useTranslation();
  const fetcher = useFetcher<typeof action>();
  const isPending = fetcher.state !== 'idle';
  const [params] = useSearchParams();
  const answer = useAnswer<typeof action>();
  const result = [fetcher.data, answer].find((one) => one?.form === 'password');
  const answers = useAnswers(result);
  const once = useOnce(isPending, fetcher.data);
  const fields = result?.errors?.fields;
  // Where a form that was sent without script leads to.
  const isChanged = !result && params.get('changed') === 'password';
  useAnnounceOnce(isChanged ? params : result?.errors === null ? result : null, t('profile.changed'));
  return (
    <fetcher.Form method="post" action="/profile" onSubmit={once} className="flex max-w-lg flex-col gap-4" noValidate>
      <DoneWithoutScript isDone={isChanged} text={t('profile.changed')} />
      {result?.errors && !isPending && (
        <FormProblems errors={result.errors} ids={{ old: 'old', password: 'password', repeat: 'repeat' }} />
      )}
      <TextField
        key={`old ${answers}`}
        id="old"
        name="old"
        type="password"
        label={t('profile.old')}
        autoComplete="current-password"
        error={fields?.old && String(t(fields.old))}
      />
      <NewPasswordFields
        labels={{ password: 'profile.new', repeat: 'profile.repeat' }}
        fields={fields}
        answers={answers}
      />
      <p className="text-13 text-ink-2">
        {t('profile.keysStay')}{' '}
        <Link to="/profile/keys" className="link">
          {t('apiKey.title')}
        </Link>
      </p>
      <Button type="submit" shape="field" isPending={isPending}>
        {t('profile.change')}
      </Button>
    </fetcher.Form>
  );
}
