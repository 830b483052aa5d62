import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Form, Link, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { errorsFrom, type FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { keepPage } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Button, buttonClass } from '../ui/button';
import { useAnswer } from '../forms/use-answer';
import { useOnce } from '../forms/use-once';
import { linkFor, OneTimeLink } from '../users/one-time-link';
import { personCodes, PersonFields, personIds, personOf, personWords, type PersonField } from '../users/person-fields';
import { nameOf } from '../users/user-types';

export const handle: PageHandle = { title: (t) => t('invite.title') };

/** Asks for what the list needs: who may not see it has no business with this form. */
export async function loader({ context: { api } }: LoaderFunctionArgs) {
  await api.users.list({ limit: 1 });
  return null;
}

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const person = personOf(form);
  try {
    const { userId, link } = await api.users.invite(person);
    return {
      person,
      invited: { userId, link: linkFor(request.url, { ...link, purpose: 'invitation' }) },
      errors: null,
    };
  } catch (thrown) {
    const errors = errorsFrom(thrown, personWords, personCodes);
    return data(refused(errors, form), { status: errors.problem?.status ?? 400 });
  }
}

const refused = (errors: FormErrors<PersonField>, form: FormData) => ({
  person: personOf(form),
  invited: null,
  errors,
});

export const clientAction = keepPage(refused);

const NOBODY = { email: '', name: '', role: 'viewer' } as const;

export default function InviteUser() {
  const { t } = useTranslation();
  const result = useAnswer<typeof action>();
  const isPending = useNavigation().state !== 'idle';
  const once = useOnce(isPending, result);
  if (result?.invited) {
    const { userId, link } = result.invited;
    return (
      <div className="flex max-w-2xl flex-col gap-4">
        <h1 className="text-20 font-semibold">{t('invite.title')}</h1>
        <OneTimeLink link={link} user={nameOf(result.person)} />
        <div className="flex gap-2">
          <Link to={`/users/${userId}`} className={buttonClass('quiet')}>
            {t('oneTime.toUser')}
          </Link>
          <Link to="/users" className={buttonClass('quiet')}>
            {t('users.title')}
          </Link>
        </div>
      </div>
    );
  }
  return (
    <div className="flex max-w-lg flex-col gap-4">
      <h1 className="text-20 font-semibold">{t('invite.title')}</h1>
      <p className="text-ink-2">{t('invite.text')}</p>
      <Form method="post" onSubmit={once} className="flex flex-col gap-4" noValidate>
        {result?.errors && !isPending && <FormProblems errors={result.errors} ids={personIds} />}
        <PersonFields person={result?.person ?? NOBODY} errors={result?.errors ?? undefined} isNew />
        <Button type="submit" look="primary" shape="field" isPending={isPending}>
          {t('invite.submit')}
        </Button>
      </Form>
    </div>
  );
}

export const ErrorBoundary = PageProblem;
