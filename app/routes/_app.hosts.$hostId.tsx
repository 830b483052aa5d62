import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData, useNavigate } from '@remix-run/react';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { knownHosts } from '../hosts/apply-live-change';
import { ClonePanel } from '../clones/clone-panel';
import { ConflictPanel } from '../conflicts/conflict-panel';
import type { HostContext } from '../hosts/page/host-context';
import { HostHeader } from '../hosts/page/host-header';
import { HostTabs } from '../hosts/page/host-tabs';
import { reloadHostPage } from '../hosts/page/reload-host';
import type { HostDetail } from '../hosts/host-types';
import { useKnownHosts } from '../hosts/use-known-hosts';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { useLiveValue } from '../live/use-live';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';

// Few hosts are ill: what says so in words is loaded for them alone.
const FindingList = lazy(() => import('../health/finding-list'));

export const handle: PageHandle = {
  // The loader's answer comes untyped through the matches; undefined when there is no such host.
  title: (t, data) => (data as Awaited<ReturnType<typeof loader>> | undefined)?.host.fqdn ?? t('problem.notFound.host'),
};

export async function loader({ params, context: { api } }: LoaderFunctionArgs) {
  const page = await api.hosts.page({ hostId: params.hostId! });
  const isIll = page.host.health !== null && page.host.health.state !== 'ok';
  return {
    ...page,
    findings: isIll ? await api.health.findings({ hostId: page.host.id }) : [],
    namesakes: page.host.state === 'conflict' ? await api.hosts.namesakes({ hostId: page.host.id }) : [],
  };
}

export const shouldRevalidate = reloadHostPage;

/** What all views of a host have around them; each of them is a route of its own. */
export default function HostPage() {
  const data = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const known = useKnownHosts(data, ({ host }) => knownHosts([host], new Map([[host.id, []]])), { news: false });
  const { fleets } = useLiveValue('hostFleets', data.host.id, { snapshot: data, loaded: data.host })!;
  const fleetTags = useMemo(() => [...new Set(fleets.flatMap(({ tags }) => tags))], [fleets]);
  const host: HostDetail = { ...data.host, ...known.hosts.get(data.host.id), fleets, fleetTags };
  // The stream tells of the state; its events and its certificate changed with it.
  const facts = ['state', 'renewalRequestedAt', 'certificateExpires', 'isCloneSuspected', 'copies'] as const;
  const isHealthOther =
    data.host.health?.state !== host.health?.state || data.host.health?.reason !== host.health?.reason;
  useReloadOnChange(isHealthOther || facts.some((fact) => data.host[fact] !== host[fact]));

  return (
    <div className="flex flex-col gap-5">
      <HostHeader host={host} isGone={known.gone.has(host.id)} onDeleted={() => navigate('/hosts')} />
      {data.host.state === 'conflict' && (
        <ConflictPanel
          newcomer={host}
          namesakes={data.namesakes}
          isOpen={host.state === 'conflict' && !known.gone.has(host.id)}
          onReplaced={(knownId) => navigate(`/hosts/${knownId}`)}
        />
      )}
      {data.clone && !known.gone.has(host.id) && <ClonePanel host={host} clone={data.clone} />}
      {data.findings.length > 0 && !known.gone.has(host.id) && (
        <Suspense>
          <FindingList findings={data.findings} />
        </Suspense>
      )}
      <HostTabs hostId={host.id} />
      <Outlet context={{ host, heard: known.series.get(host.id) ?? [] } satisfies HostContext} />
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return <PageProblem notFound={{ title: t('problem.notFound.host'), text: t('problem.notFound.hostText') }} />;
}
