import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Form, useLoaderData, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { errorsFrom, hasErrors, textOf, type FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { useKeepSent } from '../forms/keep-typed';
import { keepPage } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { safeNextPath } from '../forms/safe-next-path';
import { Button } from '../ui/button';
import { LonePage } from '../ui/frame/lone-page';
import { TextField } from '../ui/fields/text-field';
import { useAnswer } from '../forms/use-answer';
import { useAnswers } from '../forms/use-answers';
import { useOnce } from '../forms/use-once';

export const handle: PageHandle = { title: (t) => t('signIn.title') };

const nextOf = (request: Request) => safeNextPath(new URL(request.url).searchParams.get('next'));

export async function loader({ request, context }: LoaderFunctionArgs) {
  if (await context.api.users.me()) throw redirect(nextOf(request));
  return { wasSignedOut: context.wasSignedOut };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const email = textOf(form, 'email').trim();
  const password = textOf(form, 'password');
  const fields = {
    ...(!email && { email: 'form.emailMissing' as const }),
    ...(!password && { password: 'form.passwordMissing' as const }),
  };
  if (hasErrors(fields)) return refused({ fields, problem: null }, form);
  try {
    await context.api.users.signIn({ email, password });
  } catch (thrown) {
    return refused(errorsFrom(thrown, { email: 'form.emailInvalid', password: 'form.passwordLong' }), form);
  }
  return redirect(nextOf(request));
}

type Errors = FormErrors<'email' | 'password'>;

const refused = (errors: Errors, form: FormData) =>
  data(answer(errors, form), { status: errors.problem?.status ?? 400 });

// The e-mail comes back, the password never does.
const answer = (errors: Errors, form: FormData) => ({ email: textOf(form, 'email').trim(), errors });

export const clientAction = keepPage(answer);

export default function SignIn() {
  const { t } = useTranslation();
  useKeepSent();
  const { wasSignedOut } = useLoaderData<typeof loader>();
  const result = useAnswer<typeof action>();
  const answers = useAnswers(result);
  const isPending = useNavigation().state !== 'idle';
  const once = useOnce(isPending, result);
  const word = (field: 'email' | 'password') => {
    const key = result?.errors.fields[field];
    return key && t(key);
  };
  return (
    <LonePage title={t('signIn.title')} text={wasSignedOut ? t('signIn.ended') : undefined}>
      <Form method="post" onSubmit={once} className="flex flex-col gap-4" noValidate>
        {result && !isPending && <FormProblems errors={result.errors} ids={{ email: 'email', password: 'password' }} />}
        <TextField
          id="email"
          name="email"
          type="email"
          label={t('signIn.email')}
          defaultValue={result?.email ?? ''}
          autoComplete="username"
          error={word('email')}
        />
        {/* A new field for each answer: what was typed must not stay behind a refusal. */}
        <TextField
          key={answers}
          id="password"
          name="password"
          type="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          error={word('password')}
        />
        <Button type="submit" look="primary" shape="field" isPending={isPending}>
          {t('signIn.submit')}
        </Button>
      </Form>
    </LonePage>
  );
}
