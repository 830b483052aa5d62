import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { reloadIfAnswered } from '../forms/keep-page';
import { listOfMatching } from '../metrics/across-address';
import { AcrossPage } from '../metrics/across-page';
import { loadAcross } from '../metrics/load-across.server';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';

export const handle: PageHandle = { title: (t) => t('host.metrics') };

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const fleetId = params.fleetId!;
  const { id, name } = await context.api.fleets.live({ fleetId });
  return { fleet: { id, name }, ...(await loadAcross(context, new URL(request.url).searchParams, fleetId)) };
}

export const shouldRevalidate = reloadIfAnswered;

/** What the hosts of a fleet measured, together. */
export default function MetricsOfFleet() {
  const { t } = useTranslation();
  const { fleet, ...loaded } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  return (
    <AcrossPage
      loaded={loaded}
      title={t('fleet.metrics', { fleet: fleet.name })}
      path={`/fleets/${fleet.id}/metrics`}
      list={listOfMatching(new URLSearchParams([...params, ['fleet', fleet.id]]))}
    >
      <p>
        <Link to={`/fleets/${fleet.id}`} className="link">
          {t('fleet.toFleet')}
        </Link>
      </p>
    </AcrossPage>
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
