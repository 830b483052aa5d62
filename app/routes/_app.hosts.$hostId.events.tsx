import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { HostEvents } from '../hosts/page/host-events';
import { reloadHost } from '../hosts/page/reload-host';

export const loader = ({ params, context: { api } }: LoaderFunctionArgs) =>
  api.hosts.events({ hostId: params.hostId! });

export const shouldRevalidate = reloadHost;

export default function Events() {
  return <HostEvents events={useLoaderData<typeof loader>()} />;
}
