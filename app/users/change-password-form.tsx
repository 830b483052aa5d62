import { Link, useFetcher } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FormProblems } from '../form-problems';
import type { action } from '../routes/_app.profile_.password';
import { Button } from '../ui/button';
import { TextField } from '../ui/text-field';
import { useCount } from '../ui/use-count';
import { useAnnounceOnce } from '../use-announce-once';
import { NewPasswordFields } from './new-password-fields';

/** Asks for the present password, and for the new one twice. */
export function ChangePasswordForm() {
  const { t } = useTranslation();
  const fetcher = useFetcher<typeof action>();
  const isPending = fetcher.state !== 'idle';
  const result = fetcher.data;
  const answers = useCount(result);
  const fields = result?.errors?.fields;
  useAnnounceOnce(result && !result.errors ? result : null, t('profile.changed'));
  return (
    <fetcher.Form method="post" action="/profile/password" className="flex max-w-lg flex-col gap-4" noValidate>
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
      <NewPasswordFields labels={{ password: 'profile.new', repeat: 'profile.repeat' }} fields={fields} answers={answers} />
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
