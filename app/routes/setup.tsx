import { data, redirect, type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs } from '@remix-run/node';
import { Form, useActionData, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { errorsFrom, hasErrors, textOf, type FormErrors } from '../form-errors';
import { FormProblems } from '../form-problems';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Button } from '../ui/button';
import { LonePage } from '../ui/lone-page';
import { TextField } from '../ui/text-field';
import { useCount } from '../ui/use-count';
import { NewPasswordFields } from '../users/new-password-fields';
import { passwordCodes, passwordWords } from '../users/password-errors';

type Field = 'email' | 'password' | 'repeat';

export const handle: PageHandle = { title: (t) => t('setup.title') };

/** Throws 404 without a token that works: whoever has none must not learn that this page exists. */
async function requireToken(request: Request, { api, requestId }: AppLoadContext): Promise<string> {
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const isOpen = token.length > 0 && token.length <= 100 && (await api.users.setupOpen({ token }));
  if (!isOpen) throw data({ code: 'setup.closed', requestId }, { status: 404 });
  return token;
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireToken(request, context);
  return null;
}

export async function action({ request, context }: ActionFunctionArgs) {
  const token = await requireToken(request, context);
  const form = await request.formData();
  const email = textOf(form, 'email').trim();
  const password = textOf(form, 'password');
  // The server knows one password and not that it was typed twice.
  const fields = password === textOf(form, 'repeat') ? {} : { repeat: 'form.passwordsDiffer' as const };
  if (hasErrors(fields)) return refused(email, { fields, problem: null });
  try {
    await context.api.users.setup({ token, email, password });
  } catch (thrown) {
    const words = { email: 'form.emailInvalid', repeat: 'form.passwordsDiffer', ...passwordWords(password) } as const;
    return refused(email, errorsFrom<Field>(thrown, words, passwordCodes));
  }
  return redirect('/');
}

// The e-mail comes back, the passwords never do.
function refused(email: string, errors: FormErrors<Field>) {
  return data({ email, errors }, { status: errors.problem?.status ?? 400 });
}

export default function Setup() {
  const { t } = useTranslation();
  const result = useActionData<typeof action>();
  const answers = useCount(result);
  const isPending = useNavigation().state !== 'idle';
  const emailError = result?.errors.fields.email;
  return (
    <LonePage title={t('setup.title')} text={t('setup.text')}>
      <Form method="post" className="flex flex-col gap-4" noValidate>
        {result && !isPending && (
          <FormProblems errors={result.errors} ids={{ email: 'email', password: 'password', repeat: 'repeat' }} />
        )}
        <TextField
          id="email"
          name="email"
          type="email"
          label={t('setup.email')}
          description={t('setup.emailHelp')}
          defaultValue={result?.email ?? ''}
          autoComplete="username"
          error={emailError && t(emailError)}
        />
        <NewPasswordFields
          labels={{ password: 'setup.password', repeat: 'setup.repeat' }}
          fields={result?.errors.fields}
          answers={answers}
        />
        <Button type="submit" look="primary" shape="field" isPending={isPending}>
          {t('setup.submit')}
        </Button>
      </Form>
    </LonePage>
  );
}

export const ErrorBoundary = () => (
  <main className="mx-auto max-w-2xl px-4 py-12">
    <PageProblem />
  </main>
);
