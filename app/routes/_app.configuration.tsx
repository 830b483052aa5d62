import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { editLayer } from '../configuration/layer/edit-layer.server';
import { keepEdited } from '../configuration/edited';
import { FleetOrder } from '../configuration/fleet-order';
import { versionsAsked } from '../configuration/layer/layer-page.server';
import { HostsBehind } from '../configuration/hosts-behind';
import { LayerPart } from '../configuration/layer/layer-part';
import { PushHosts } from '../configuration/push-hosts';
import { VersionList } from '../configuration/version-list';
import { reloadIfAnswered } from '../forms/keep-page';
import { notAsWanted } from '../hosts/host-types';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissionsEverywhere } from '../permissions';

export const handle: PageHandle = { title: (t) => t('nav.configuration') };

export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const [layer, { versions, nextBefore }, order, ...behind] = await Promise.all([
    api.configuration.global(),
    api.configuration.globalVersions(versionsAsked({ request })),
    api.configuration.order(),
    ...notAsWanted.map((how) => api.hosts.list({ configuration: how, limit: 1 })),
  ]);
  const counts = notAsWanted.map((how, i) => {
    const { total, isTotalExact } = behind[i]!;
    return { how, total, isTotalExact };
  });
  return { layer, versions, nextBefore, order, counts };
}

export const action = (args: ActionFunctionArgs) => editLayer(args, 'all');
export const clientAction = keepEdited;
/** To look at another order changes nothing. */
export const shouldRevalidate: typeof reloadIfAnswered = (args) =>
  args.formAction !== '/configuration/order' && reloadIfAnswered(args);

export default function ConfigurationPage() {
  const { t } = useTranslation();
  const { layer, versions, nextBefore, order, counts } = useLoaderData<typeof loader>();
  const permissions = usePermissionsEverywhere();
  const may = permissions.has('configuration.write');
  return (
    <div className="flex flex-col gap-8">
      <div className="flex max-w-3xl flex-col gap-1">
        <h1 className="text-20 font-semibold">{t('nav.configuration')}</h1>
        <p className="text-ink-2">{t('configuration.ofAll')}</p>
        {permissions.has('hosts.read') && (
          <p>
            <Link to="/health" className="underline">
              {t('health.rules')}
            </Link>
          </p>
        )}
      </div>
      <HostsBehind counts={counts} />
      <LayerPart layer={layer} action="/configuration" mayEdit={may} />
      <FleetOrder order={order} mayOrder={may} />
      {may && <PushHosts />}
      <VersionList layer={layer} action="/configuration" versions={versions} nextBefore={nextBefore} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
