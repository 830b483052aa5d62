import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useNavigate, useSearchParams, type ShouldRevalidateFunctionArgs } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { knownHosts } from '../hosts/apply-live-change';
import { ClonePanel } from '../clones/clone-panel';
import { ConflictPanel } from '../conflicts/conflict-panel';
import { HostCertificate } from '../hosts/page/host-certificate';
import { HostEvents } from '../hosts/page/host-events';
import { HostHeader } from '../hosts/page/host-header';
import { HostOverview } from '../hosts/page/host-overview';
import type { HostDetail } from '../hosts/host-types';
import { useKnownHosts } from '../hosts/use-known-hosts';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { reloadIfAnswered } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Tabs } from '../ui/tabs';

export const handle: PageHandle = {
  // The loader's answer comes untyped through the matches; undefined when there is no such host.
  title: (t, data) => (data as Awaited<ReturnType<typeof loader>> | undefined)?.host.fqdn ?? t('problem.notFound.host'),
};

export async function loader({ params, context: { api } }: LoaderFunctionArgs) {
  const page = await api.hosts.byId({ hostId: params.hostId! });
  return {
    ...page,
    namesakes: page.host.state === 'conflict' ? await api.hosts.namesakes({ hostId: page.host.id }) : [],
  };
}

/**
 * After its own deletion, or when it has been given another's place, there is nothing to load again: the page would say
 * "not found" before it is left. A tab is no other data.
 */
export const shouldRevalidate = (args: ShouldRevalidateFunctionArgs) => {
  const { formAction, currentUrl, nextUrl, currentParams, nextParams } = args;
  if (/^\/acts\/hosts\.(delete|replace)\?/.test(formAction ?? '')) return false;
  const isOtherTab = currentParams.hostId === nextParams.hostId && currentUrl.search !== nextUrl.search;
  return !isOtherTab && reloadIfAnswered(args);
};

const tabs = ['overview', 'certificate', 'events'] as const;

export default function HostPage() {
  const { t } = useTranslation();
  const data = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const known = useKnownHosts(data, ({ host, samples }) => knownHosts([host], new Map([[host.id, samples]])), {
    news: false,
  });
  const host: HostDetail = { ...data.host, ...known.hosts.get(data.host.id) };
  // The stream tells of the state; its events and its certificate changed with it.
  const facts = ['state', 'renewalRequestedAt', 'certificateExpires', 'isCloneSuspected', 'copies'] as const;
  useReloadOnChange(facts.some((fact) => data.host[fact] !== host[fact]));

  const tab = tabs.find((one) => one === params.get('tab')) ?? 'overview';
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
      <Tabs
        label={t('host.tabs')}
        tabs={tabs.map((one) => ({
          to: one === 'overview' ? `/hosts/${host.id}` : `/hosts/${host.id}?tab=${one}`,
          text: t(`host.${one}`),
          isHere: one === tab,
        }))}
      />
      {tab === 'overview' && <HostOverview host={host} series={known.series.get(host.id) ?? []} />}
      {tab === 'certificate' && <HostCertificate host={host} certificate={data.certificate} />}
      {tab === 'events' && <HostEvents events={data.events} />}
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return <PageProblem notFound={{ title: t('problem.notFound.host'), text: t('problem.notFound.hostText') }} />;
}
