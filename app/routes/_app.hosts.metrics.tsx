import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { fleetOfAddress } from '../fleets/live-fleet';
import { reloadIfAnswered } from '../forms/keep-page';
import { hostQuery } from '../hosts/list/list-query';
import { chartsOfMatching, listOfMatching } from '../metrics/across-address';
import { AcrossPage } from '../metrics/across-page';
import { loadAcross } from '../metrics/load-across.server';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';

export const handle: PageHandle = { title: (t) => t('across.title') };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const fleet = await fleetOfAddress(context, hostQuery.read(searchParams).fleet);
  return { fleet, ...(await loadAcross(context, searchParams)) };
}

export const shouldRevalidate = reloadIfAnswered;

export default function MetricsOfHosts() {
  const { t } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const others = new URLSearchParams([...params].filter(([name]) => name !== 'fleet'));
  return (
    <AcrossPage loaded={loaded} title={t('across.title')} path="/hosts/metrics" list={listOfMatching(params)}>
      {hostQuery.read(params).fleet && (
        <p className="flex flex-wrap gap-x-3 text-13">
          <span className="min-w-0 text-ink-2 wrap-anywhere">
            {loaded.fleet ? t('hosts.ofFleet', { fleet: loaded.fleet.name }) : t('hosts.ofNoFleet')}
          </span>
          <Link to={chartsOfMatching(others)} className="link">
            {t('list.clear')}
          </Link>
        </p>
      )}
    </AcrossPage>
  );
}

export const ErrorBoundary = PageProblem;
