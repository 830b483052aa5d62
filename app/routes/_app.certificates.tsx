import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Authorities } from '../certificates/authorities';
import { HeldFilters } from '../certificates/held-filters';
import { heldLink, readHeldQuery } from '../certificates/held-query';
import { HeldTable } from '../certificates/held-table';
import { RevocationList } from '../certificates/revocation-list';
import { ServedListeners } from '../certificates/served-listeners';
import { agentAddress } from '../hosts/agent-address';
import { useReloadWhileLive } from '../live/use-reload-while-live';
import { ExportLinks } from '../ui/list/export-links';
import { ListPaging } from '../ui/list/list-paging';
import { Total } from '../ui/list/total';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Section } from '../ui/section';

export const handle: PageHandle = { title: (t) => t('nav.certificates') };

export async function loader({ request, context: { api, apiPort } }: LoaderFunctionArgs) {
  const query = readHeldQuery(new URL(request.url).searchParams);
  const [served, held] = await Promise.all([api.certificates.served(), api.certificates.held(query)]);
  const port = served.listeners.find(({ listener }) => listener === 'agents')?.port ?? apiPort;
  return { served, held, address: agentAddress(request.url, port) };
}

export default function CertificatesPage() {
  const { t } = useTranslation();
  const { served, held, address } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const { show } = readHeldQuery(params);
  useReloadWhileLive();
  return (
    <div className="flex flex-col gap-8">
      <h1 className="text-20 font-semibold">{t('nav.certificates')}</h1>
      <div className="grid gap-x-10 gap-y-8 lg:grid-cols-2">
        <ServedListeners listeners={served.listeners} />
        <Authorities authorities={served.authorities} keyAtRest={served.keyAtRest} />
        <RevocationList list={served.revocationList} address={address} />
      </div>
      <Section title={t('certificates.held')} count={<Total of={held} />}>
        <div className="flex flex-col gap-3">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <div className="min-w-0">
              <HeldFilters />
            </div>
            <ExportLinks path="/certificates" query={readHeldQuery(params)} />
          </div>
          {held.certificates.length > 0 ? (
            <HeldTable certificates={held.certificates} />
          ) : show === 'all' ? (
            <EmptyState title={t('certificates.noneHeld')} text={t('certificates.noneHeldText')} />
          ) : (
            <EmptyState title={t('certificates.nothing')} text={t('certificates.nothingText')}>
              <Link to={heldLink(params, { show: 'all' })} className={buttonClass('quiet')}>
                {t('certificates.showAll')}
              </Link>
            </EmptyState>
          )}
          <ListPaging nextCursor={held.nextCursor} />
        </div>
      </Section>
    </div>
  );
}

export const ErrorBoundary = PageProblem;
