import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ConflictNotice } from '../configuration/conflict-notice';
import { DriftNotice } from '../configuration/drift-notice';
import { editLayer } from '../configuration/layer/edit-layer.server';
import { keepEdited } from '../configuration/edited';
import { HostStatus } from '../configuration/host-status';
import { versionsAsked } from '../configuration/layer/layer-page.server';
import { LayerPart } from '../configuration/layer/layer-part';
import { ThreeDocuments } from '../configuration/three-documents';
import { VersionList } from '../configuration/version-list';
import { useHost } from '../hosts/page/host-context';
import { reloadHost } from '../hosts/page/reload-host';
import { useLiveValue } from '../live/use-live';
import { Section } from '../ui/section';

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const host = { hostId: params.hostId! };
  const [configuration, layer, { versions, nextBefore }] = await Promise.all([
    api.configuration.ofHost(host),
    api.configuration.host(host),
    api.configuration.hostVersions({ ...host, ...versionsAsked({ request }) }),
  ]);
  return { configuration, layer, versions, nextBefore };
}

export const action = (args: ActionFunctionArgs) => editLayer(args, { hostId: args.params.hostId! });
export const clientAction = keepEdited;
export const shouldRevalidate = reloadHost;

export default function HostConfigurationPage() {
  const { t } = useTranslation();
  const { host } = useHost();
  const loaded = useLoaderData<typeof loader>();
  const { layer, versions, nextBefore } = loaded;
  const live = useLiveValue('configurations', host.id, {
    snapshot: loaded.configuration,
    loaded: loaded.configuration,
  });
  const configuration = { ...loaded.configuration, ...live };
  const address = `/hosts/${host.id}/configuration`;
  return (
    <div className="flex flex-col gap-8">
      <HostStatus hostId={host.id} fqdn={host.fqdn} configuration={configuration} />
      {configuration.conflicts.length > 0 && (
        <ConflictNotice conflicts={configuration.conflicts} fleets={host.fleets} />
      )}
      {configuration.drift.length > 0 && <DriftNotice hostId={host.id} fqdn={host.fqdn} drift={configuration.drift} />}
      <ThreeDocuments configuration={configuration} fleets={host.fleets} />
      <Section title={t('configuration.ownLayer')}>
        <p className="max-w-3xl pb-4 text-13 text-ink-2">{t('configuration.ofOne')}</p>
        <LayerPart layer={layer} action={address} fleets={host.fleets} />
      </Section>
      <VersionList layer={layer} action={address} versions={versions} nextBefore={nextBefore} />
    </div>
  );
}
