import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { DangerButton } from '../forms/danger-button';
import { errorsFrom, textOf, type FormErrors } from '../forms/form-errors';
import { languages } from '../i18n/languages';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { buttonClass } from '../ui/button';
import { Section } from '../ui/section';
import { ChangePasswordForm, isChange, refusedChange } from '../profile/change-password-form';
import { changePassword } from '../profile/change-password.server';
import { ProfileForm, type ProfileField } from '../profile/profile-form';
import { SessionTable } from '../users/session-table';
import { ThemeField } from '../profile/theme-field';

export const handle: PageHandle = { title: (t) => t('profile.title') };

export const loader = ({ context: { api } }: LoaderFunctionArgs) => api.profile.get();

/** Of both its forms: without script the page that is left is the one that shows what was wrong. */
export async function action(args: ActionFunctionArgs) {
  const form = await args.request.formData();
  return isChange(form) ? changePassword(args, form) : saveProfile(args, form);
}

async function saveProfile({ context: { api } }: ActionFunctionArgs, form: FormData) {
  const name = textOf(form, 'name').trim();
  const language = languages.find((one) => one === textOf(form, 'language')) ?? null;
  try {
    await api.profile.update({ name, language });
    return { form: 'profile' as const, name, language, errors: null };
  } catch (thrown) {
    const errors = errorsFrom(thrown, { name: 'form.nameLong', language: 'errors.input.invalid' });
    return data(refusedProfile(errors, form), { status: errors.problem?.status ?? 400 });
  }
}

const refusedProfile = (errors: FormErrors<ProfileField>, form: FormData) => ({
  form: 'profile' as const,
  name: textOf(form, 'name').trim(),
  language: null,
  errors,
});

export const clientAction = keepPage((errors, form) =>
  isChange(form) ? refusedChange(errors) : refusedProfile(errors, form),
);

export const shouldRevalidate = reloadIfAnswered;

export default function Profile() {
  const { t } = useTranslation();
  const { user, sessions } = useLoaderData<typeof loader>();
  return (
    <div className="flex flex-col gap-6">
      <div>
        <h1 className="text-20 font-semibold">{t('profile.title')}</h1>
        <p className="text-ink-2">
          {user.email} · {t(`role.${user.role}`)}
        </p>
      </div>
      <div className="grid gap-8 lg:grid-cols-2">
        <div className="flex flex-col gap-8">
          <Section title={t('profile.person')}>
            <ProfileForm user={user} />
          </Section>
          <ThemeField />
          <Section title={t('apiKey.title')}>
            <Link to="/profile/keys" className={buttonClass('quiet')}>
              {t('profile.keys')}
            </Link>
          </Section>
        </div>
        <Section title={t('profile.password')}>
          <ChangePasswordForm />
        </Section>
        <div className="lg:col-span-2">
          <Section
            title={t('session.title')}
            count={sessions.length}
            end={
              <DangerButton
                label={t('profile.signOutElsewhere')}
                verb={t('profile.signOutElsewhere')}
                title={t('profile.signOutElsewhereTitle')}
                act="profile.signOutElsewhere"
                done={t('profile.signOutElsewhereDone')}
                isOffered={sessions.length > 1}
              >
                <p>{t('profile.signOutElsewhereText')}</p>
              </DangerButton>
            }
          >
            <SessionTable sessions={sessions} />
          </Section>
        </div>
      </div>
    </div>
  );
}

export const ErrorBoundary = PageProblem;
