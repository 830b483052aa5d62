import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { HostCertificate } from '../hosts/page/host-certificate';
import { useHost } from '../hosts/page/host-context';
import { reloadHost } from '../hosts/page/reload-host';

export const loader = ({ params, context: { api } }: LoaderFunctionArgs) =>
  api.hosts.certificate({ hostId: params.hostId! });

export const shouldRevalidate = reloadHost;

export default function Certificate() {
  return <HostCertificate host={useHost().host} certificate={useLoaderData<typeof loader>()} />;
}
