import { data, redirect, type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs } from '@remix-run/node';
import { Form, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { errorsFrom, textOf, type FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { keepPage } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Button } from '../ui/button';
import { LonePage } from '../ui/frame/lone-page';
import { TextField } from '../ui/fields/text-field';
import { useAnswer } from '../forms/use-answer';
import { useAnswers } from '../forms/use-answers';
import { useOnce } from '../forms/use-once';
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
  try {
    await context.api.users.setup({ token, email, password, repeat: textOf(form, 'repeat') });
  } catch (thrown) {
    const words = { email: 'form.emailInvalid', repeat: 'form.passwordsDiffer', ...passwordWords(password) } as const;
    const errors = errorsFrom<Field>(thrown, words, passwordCodes);
    return data(refused(errors, form), { status: errors.problem?.status ?? 400 });
  }
  return redirect('/');
}

// The e-mail comes back, the passwords never do.
const refused = (errors: FormErrors<Field>, form: FormData) => ({ email: textOf(form, 'email').trim(), errors });

export const clientAction = keepPage(refused);

export default function Setup() {
  const { t } = useTranslation();
  const result = useAnswer<typeof action>();
  const answers = useAnswers(result);
  const isPending = useNavigation().state !== 'idle';
  const once = useOnce(isPending, result);
  const emailError = result?.errors.fields.email;
  return (
    <LonePage title={t('setup.title')} text={t('setup.text')}>
      <Form method="post" onSubmit={once} className="flex flex-col gap-4" noValidate>
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
