import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { BeaconTable } from '../discovery/beacon-table';
import { requestQuery } from '../discovery/request-query';
import { RequestTable } from '../discovery/request-table';
import { ServerTable } from '../discovery/server-table';
import { SwitchState } from '../discovery/switch-state';
import { useReloadWhileLive } from '../live/use-reload-while-live';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { SearchField } from '../ui/fields/search-field';
import { Section } from '../ui/section';

/** As often as beacons say how they are. */
const RELOAD_EVERY_MS = 5_000;

export const handle: PageHandle = {
  title: (t) => t('nav.discovery'),
  within: { title: (t) => t('nav.enrolment'), path: '/enrolment' },
};

export const loader = ({ request, context: { api } }: LoaderFunctionArgs) => {
  const { search } = requestQuery.read(new URL(request.url).searchParams);
  return api.discovery.get({ search });
};

export default function DiscoveryPage() {
  const { t } = useTranslation();
  const discovery = useLoaderData<typeof loader>();
  useReloadWhileLive(RELOAD_EVERY_MS);
  return (
    <div className="flex flex-col gap-8">
      <div className="flex max-w-3xl flex-col gap-1">
        <h1 className="text-20 font-semibold">{t('nav.discovery')}</h1>
        <p className="text-ink-2">{t('discovery.text')}</p>
      </div>
      <SwitchState discovery={discovery} />
      <Section title={t('discovery.beacons.title')}>
        {discovery.beacons.length > 0 ? (
          <>
            <BeaconTable beacons={discovery.beacons} />
            <p className="max-w-prose pt-2 text-12 text-ink-2">{t('discovery.beacons.text')}</p>
          </>
        ) : (
          <EmptyState title={t('discovery.beacons.none')} text={t('discovery.beacons.noneText')} />
        )}
      </Section>
      <Section title={t('discovery.servers.title')}>
        {discovery.servers.length > 0 ? (
          <ServerTable servers={discovery.servers} />
        ) : (
          <EmptyState title={t('discovery.servers.none')} text={t('discovery.servers.noneText')} />
        )}
      </Section>
      <Section title={t('discovery.requests.title')}>
        <Requests requests={discovery.requests} />
      </Section>
    </div>
  );
}

function Requests({ requests }: Parameters<typeof RequestTable>[0]) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { search } = requestQuery.read(params);
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-prose text-13 text-ink-2">{t('discovery.requests.text')}</p>
      <SearchField
        label={t('discovery.requests.search')}
        maxLength={253}
        link={(words) => requestQuery.link(params, { search: words })}
      />
      {requests.length > 0 ? (
        <RequestTable requests={requests} />
      ) : search ? (
        <EmptyState title={t('discovery.requests.nothing')} text={t('discovery.requests.nothingText')}>
          <Link to={requestQuery.unfiltered(params)} className={buttonClass('quiet')}>
            {t('discovery.requests.showAll')}
          </Link>
        </EmptyState>
      ) : (
        <EmptyState title={t('discovery.requests.none')} text={t('discovery.requests.noneText')} />
      )}
    </div>
  );
}

export const ErrorBoundary = PageProblem;
