import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { useMemo } from 'react';
import { useHost } from '../hosts/page/host-context';
import { HostOverview } from '../hosts/page/host-overview';
import { reloadHost } from '../hosts/page/reload-host';

export const loader = ({ params, context: { api } }: LoaderFunctionArgs) =>
  api.hosts.samples({ hostId: params.hostId! });

export const shouldRevalidate = reloadHost;

export default function Overview() {
  const samples = useLoaderData<typeof loader>();
  const { host, heard } = useHost();
  const series = useMemo(() => {
    const last = Date.parse(samples.at(-1)?.at ?? '') || 0;
    return [...samples, ...heard.filter(({ at }) => Date.parse(at) > last)];
  }, [samples, heard]);
  return <HostOverview host={host} series={series} />;
}
