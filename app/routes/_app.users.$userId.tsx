import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, type ShouldRevalidateFunctionArgs } from '@remix-run/react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { errorsFrom, type FormErrors } from '../forms/form-errors';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { Facts } from '../ui/facts';
import { Instant, RelativeTime } from '../ui/figures/relative-time';
import { Section } from '../ui/section';
import { useAct } from '../forms/use-act';
import { useAnswer } from '../forms/use-answer';
import { changesIn, EditUser, sentIn } from '../users/edit-user';
import { FleetRoles } from '../users/fleet-roles';
import { linkFor, OneTimeLink } from '../users/one-time-link';
import { personCodes, personWords, type PersonField } from '../users/person-fields';
import { SessionTable } from '../users/session-table';
import { DangerousUserAct } from '../users/user-acts';
import { UserHeader } from '../users/user-header';
import { UserRecords } from '../users/user-records';
import { nameOf } from '../users/user-types';
import { WorkingKeys } from '../users/working-keys';

export const handle: PageHandle = {
  // The loader's answer comes untyped through the matches; undefined when it failed. Why, is the page's to say.
  title: (t, data) => {
    const user = (data as Awaited<ReturnType<typeof loader>> | undefined)?.user;
    return user ? nameOf(user) : t('user.title');
  },
};

export async function loader({ params, context: { api } }: LoaderFunctionArgs) {
  const [page, fleets] = await Promise.all([api.users.byId({ userId: params.userId! }), api.fleets.names({})]);
  return { ...page, fleets };
}

export async function action({ request, params, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const userId = params.userId!;
  const changes = changesIn(form);
  try {
    const me = await api.users.me();
    const isMoved = changes.email !== undefined && changes.email.toLowerCase() !== changes.was.email.toLowerCase();
    const closedLink = isMoved && (await api.users.byId({ userId })).linkExpiresAt !== null;
    await api.users.update({ userId, ...changes });
    // Whoever has just given up seeing this page is led to one of theirs.
    if (me?.id === userId && changes.was.role === 'administrator' && changes.role) return redirect('/');
    const { person } = sentIn(form);
    return { person, was: person, closedLink, errors: null };
  } catch (thrown) {
    const errors = errorsFrom(thrown, personWords, personCodes);
    return data(refused(errors, form), { status: errors.problem?.status ?? 400 });
  }
}

const refused = (errors: FormErrors<PersonField>, form: FormData) => ({ ...sentIn(form), closedLink: false, errors });

export const clientAction = keepPage(refused);

/** After its own deletion there is nothing to load again: the page would say "not found" before it is left. */
export const shouldRevalidate = (args: ShouldRevalidateFunctionArgs) =>
  !args.formAction?.startsWith('/acts/users.delete?') && reloadIfAnswered(args);

export default function UserPage() {
  const { t } = useTranslation();
  const { user, sessions, workingKeys, linkExpiresAt, fleetRoles, fleets } = useLoaderData<typeof loader>();
  const result = useAnswer<typeof action>();
  const link = useAct('users.renewLink', { on: { userId: user.id } });
  const mayManage = usePermissions().has('users.manage');
  // Whoever is invited gets in by no other way; anybody else may wait for the one that was closed just now.
  const isClosed = result?.closedLink === true && !link.answer && user.state !== 'deactivated';
  const isWithoutLink = !linkExpiresAt && (user.state === 'invited' || isClosed);
  // The one that works now, which may be none or another: an act on this page closes it, and so does one elsewhere.
  const shownLink = link.answer?.expiresAt === linkExpiresAt ? link.answer : null;
  return (
    <div className="flex flex-col gap-6">
      <UserHeader user={user} link={link} />
      {shownLink && <OneTimeLink link={linkFor(window.location.href, shownLink)} user={nameOf(user)} />}
      {mayManage && isWithoutLink && (
        <p role="status" className="rounded-4 bg-sunken px-4 py-3">
          {t('user.noLink')}
        </p>
      )}
      <div className="grid gap-8 lg:grid-cols-2">
        {mayManage && (
          <Section title={t('user.edit')}>
            <EditUser key={user.id} user={user} answer={result} />
          </Section>
        )}
        <div className="flex min-w-0 flex-col gap-8">
          <Section title={t('user.facts')}>
            <Facts
              facts={[
                [t('user.email'), user.email],
                [t('user.created'), <Instant key="created" at={user.createdAt} />],
                [
                  t('user.lastSignIn'),
                  user.lastSignInAt ? <RelativeTime key="last" at={user.lastSignInAt} /> : t('users.never'),
                ],
                [t('user.workingKeys'), <WorkingKeys key="keys" user={user} count={workingKeys} />],
                ...(linkExpiresAt
                  ? [[t('user.linkEnds'), <Instant key="link" at={linkExpiresAt} />] as [string, ReactNode]]
                  : []),
              ]}
            />
          </Section>
          <FleetRoles user={user} roles={fleetRoles} fleets={fleets} />
          <Section
            title={t('session.title')}
            count={sessions.length}
            end={
              mayManage && (
                <DangerousUserAct
                  user={user}
                  act="signOutEverywhere"
                  isOffered={user.state !== 'invited' && user.state !== 'deactivated'}
                />
              )
            }
          >
            <SessionTable sessions={sessions} />
          </Section>
          <UserRecords user={user} />
        </div>
      </div>
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return (
    <PageProblem
      notFound={{ title: t('user.notFound'), text: t('user.notFoundText') }}
      onwards={{ to: '/users', text: t('users.title') }}
    />
  );
}
