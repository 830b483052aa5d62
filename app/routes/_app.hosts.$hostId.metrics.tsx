import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { HostMetrics } from '../hosts/metrics/host-metrics';
import { rangeOf } from '../metrics/range';
import { useHost } from '../hosts/page/host-context';
import { reloadHost } from '../hosts/page/reload-host';

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const range = rangeOf(new URL(request.url).searchParams);
  return { range, chart: await api.hosts.chart({ hostId: params.hostId!, from: range.from, to: range.to }) };
}

export const shouldRevalidate = reloadHost;

export default function Metrics() {
  return <HostMetrics host={useHost().host} {...useLoaderData<typeof loader>()} />;
}
