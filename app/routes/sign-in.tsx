import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { errorsFrom, hasErrors, textOf, type FormErrors } from '../form-errors';
import { FormProblems } from '../form-problems';
import type { PageHandle } from '../page-handle';
import { safeNextPath } from '../safe-next-path';
import { Button } from '../ui/button';
import { LonePage } from '../ui/lone-page';
import { TextField } from '../ui/text-field';
import { useCount } from '../ui/use-count';

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
  if (hasErrors(fields)) return refused(email, { fields, problem: null });
  try {
    await context.api.users.signIn({ email, password });
  } catch (thrown) {
    return refused(email, errorsFrom(thrown, { email: 'form.emailInvalid', password: 'form.passwordLong' }));
  }
  return redirect(nextOf(request));
}

// The e-mail comes back, the password never does.
function refused(email: string, errors: FormErrors<'email' | 'password'>) {
  return data({ email, errors }, { status: errors.problem?.status ?? 400 });
}

export default function SignIn() {
  const { t } = useTranslation();
  const { wasSignedOut } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const answers = useCount(result);
  const isPending = useNavigation().state !== 'idle';
  const word = (field: 'email' | 'password') => {
    const key = result?.errors.fields[field];
    return key && t(key);
  };
  return (
    <LonePage title={t('signIn.title')} text={wasSignedOut ? t('signIn.ended') : undefined}>
      <Form method="post" className="flex flex-col gap-4" noValidate>
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
