import { Form, isRouteErrorResponse, useLoaderData, useNavigation, useRouteError } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { textOf, type FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { PageProblem } from '../page-problem';
import { Button } from '../ui/button';
import { LonePage } from '../ui/frame/lone-page';
import { TextField } from '../ui/fields/text-field';
import { useAnswer } from '../forms/use-answer';
import { useAnswers } from '../forms/use-answers';
import { useOnce } from '../forms/use-once';
import type { choosePassword, loadLink } from './choose-password.server';
import { NewPasswordFields } from './new-password-fields';

export type ChooseField = 'name' | 'password' | 'repeat';

/** What the form shows again: the name, and never a password. */
export const refusedChoice = (errors: FormErrors<ChooseField>, form: FormData) => ({
  name: form.has('name') ? textOf(form, 'name').trim() : undefined,
  errors,
});

/** The page behind a one-time link. */
export function ChoosePassword() {
  const { t } = useTranslation();
  const link = useLoaderData<typeof loadLink>();
  const result = useAnswer<typeof choosePassword>();
  const answers = useAnswers(result);
  const isPending = useNavigation().state !== 'idle';
  const once = useOnce(isPending, result);
  const { purpose, email } = link;
  const nameError = result?.errors.fields.name;
  return (
    <LonePage title={t(`choosePassword.${purpose}`)} text={t(`choosePassword.${purpose}Text`, { email })}>
      <Form method="post" onSubmit={once} className="flex flex-col gap-4" noValidate>
        {result && !isPending && (
          <FormProblems errors={result.errors} ids={{ name: 'name', password: 'password', repeat: 'repeat' }} />
        )}
        {/* For password managers, which keep it beside the password. */}
        <input type="hidden" name="email" value={email} autoComplete="username" readOnly />
        {purpose === 'invitation' && (
          <TextField
            id="name"
            name="name"
            label={t('choosePassword.name')}
            defaultValue={result?.name ?? link.name}
            maxLength={100}
            autoComplete="name"
            error={nameError && String(t(nameError))}
          />
        )}
        <NewPasswordFields
          labels={{ password: 'setup.password', repeat: 'setup.repeat' }}
          fields={result?.errors.fields}
          answers={answers}
        />
        <Button type="submit" look="primary" shape="field" isPending={isPending}>
          {t('choosePassword.submit')}
        </Button>
      </Form>
    </LonePage>
  );
}

export function ClosedLink() {
  const { t } = useTranslation();
  const error = useRouteError();
  const isClosed = isRouteErrorResponse(error) && error.status === 404;
  return (
    <main className="mx-auto max-w-2xl px-4 py-12">
      <PageProblem
        {...(isClosed && { notFound: { title: t('choosePassword.closed'), text: t('choosePassword.closedText') } })}
      />
    </main>
  );
}
