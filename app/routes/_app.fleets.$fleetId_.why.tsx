import type { LoaderFunctionArgs } from '@remix-run/node';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { MembershipReasons } from '../fleets/membership-reasons';
import { asProblem, problemText } from '../forms/problem';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Button } from '../ui/button';
import { TextField } from '../ui/fields/text-field';

export const handle: PageHandle = { title: (t) => t('why.title') };

/** Of a host by its id, as links have it, or by its name, as people type it. Without either there is only the form. */
export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const fleetId = params.fleetId!;
  const { searchParams } = new URL(request.url);
  const name = (searchParams.get('name') ?? '').trim();
  const { fleet, hostId } = { fleet: await api.fleets.byId({ fleetId }), hostId: searchParams.get('host') };
  const empty = { fleet, name, membership: null, problem: null };
  if (hostId) return { ...empty, membership: await api.fleets.explain({ fleetId, hostId }) };
  if (!name) return empty;
  try {
    const { host } = await api.hosts.byFqdn({ fqdn: name.toLowerCase() });
    return { ...empty, membership: await api.fleets.explain({ fleetId, hostId: host.id }) };
  } catch (refusal) {
    return { ...empty, problem: asProblem(refusal) };
  }
}

export default function WhyPage() {
  const { t, i18n } = useTranslation();
  const { fleet, name, membership, problem } = useLoaderData<typeof loader>();
  return (
    <div className="flex flex-col gap-6">
      <header>
        <h1 className="text-20 font-semibold">{t('why.title')}</h1>
        <Link to={`/fleets/${fleet.id}`} className="link wrap-anywhere">
          <bdi>{fleet.name}</bdi>
        </Link>
      </header>
      {membership && <MembershipReasons of={membership} isSettled={fleet.isSettled} />}
      <Form role="search" aria-label={t('why.ask')} className="flex max-w-xl flex-col gap-3">
        <TextField
          key={name}
          name="name"
          label={t('why.ask')}
          description={t('why.askHelp')}
          defaultValue={name}
          autoComplete="off"
          spellCheck={false}
          error={problem ? problemText(t, problem, i18n.language) : undefined}
        />
        <div>
          <Button type="submit">{t('why.show')}</Button>
        </div>
      </Form>
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return (
    <PageProblem
      notFound={{ title: t('problem.notFound.fleet'), text: t('problem.notFound.fleetText') }}
      onwards={{ to: '/fleets', text: t('fleets.title') }}
    />
  );
}
