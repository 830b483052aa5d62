import { Form, useNavigation } from '@remix-run/react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblems } from '../forms/form-problems';
import { keepLanguage, showIn } from '../i18n/choose-language';
import { languages, ownName } from '../i18n/languages';
import type { action } from '../routes/_app.profile';
import { Button } from '../ui/button';
import { DoneWithoutScript } from '../ui/done-without-script';
import { SelectField } from '../ui/fields/select-field';
import { TextField } from '../ui/fields/text-field';
import { useAnnounceOnce } from '../use-announce-once';
import { useAnswer } from '../forms/use-answer';
import { useOnce } from '../forms/use-once';
import type { UserRow } from '../users/user-types';

export type ProfileField = 'name' | 'language';

/** One's own name and language. */
export function ProfileForm({ user }: { user: UserRow }) {
  const { t, i18n } = useTranslation();
  const answer = useAnswer<typeof action>();
  const result = answer?.form === 'profile' ? answer : undefined;
  const { state, formMethod } = useNavigation();
  const isSaving = state !== 'idle' && formMethod === 'POST';
  const once = useOnce(isSaving, answer);
  const nameError = result?.errors?.fields.name;
  const saved = result && !result.errors ? result : null;
  useAnnounceOnce(saved, t('user.saved'));
  useEffect(() => {
    if (!saved) return;
    keepLanguage(saved.language);
    // What the browser asks for, the server knows: the next page that is loaded is in it.
    if (saved.language) void showIn(i18n, saved.language);
  }, [saved, i18n]);
  return (
    <Form method="post" onSubmit={once} className="flex max-w-lg flex-col gap-4" noValidate>
      <DoneWithoutScript isDone={result?.errors === null} text={t('user.saved')} />
      {result?.errors && !isSaving && (
        <FormProblems errors={result.errors} ids={{ name: 'name', language: 'language' }} />
      )}
      <TextField
        id="name"
        name="name"
        label={t('user.name')}
        defaultValue={result?.errors ? result.name : user.name}
        maxLength={100}
        autoComplete="name"
        error={nameError && String(t(nameError))}
      />
      <SelectField
        id="language"
        name="language"
        label={t('profile.language')}
        defaultValue={user.language ?? ''}
        options={[
          { value: '', text: t('profile.asBrowser') },
          ...languages.map((code) => ({ value: code, text: ownName(code) })),
        ]}
      />
      <Button type="submit" look="primary" shape="field" isPending={isSaving}>
        {t('act.save')}
      </Button>
    </Form>
  );
}
