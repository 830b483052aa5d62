import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { editLayer } from '../configuration/layer/edit-layer.server';
import { keepEdited } from '../configuration/edited';
import { versionsAsked } from '../configuration/layer/layer-page.server';
import { LayerPart } from '../configuration/layer/layer-part';
import { VersionList } from '../configuration/version-list';
import { reloadIfAnswered } from '../forms/keep-page';
import { jobForMatching } from '../jobs/job-link';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';

export const handle: PageHandle = { title: (t) => t('nav.configuration') };

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const of = { fleetId: params.fleetId! };
  const [{ id, name }, layer, { versions, nextBefore }, { fleets }] = await Promise.all([
    api.fleets.byId(of),
    api.configuration.fleet(of),
    api.configuration.fleetVersions({ ...of, ...versionsAsked({ request }) }),
    api.configuration.order(),
  ]);
  return { fleet: { id, name }, layer, versions, nextBefore, fleets };
}

export const action = (args: ActionFunctionArgs) => editLayer(args, { fleetId: args.params.fleetId! });
export const clientAction = keepEdited;
export const shouldRevalidate = reloadIfAnswered;

export default function FleetConfigurationPage() {
  const { t } = useTranslation();
  const { fleet, layer, versions, nextBefore, fleets } = useLoaderData<typeof loader>();
  const may = usePermissions().has('configuration.write');
  const address = `/fleets/${fleet.id}/configuration`;
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex max-w-3xl min-w-0 flex-col gap-1">
          <h1 className="text-20 font-semibold wrap-anywhere">
            {t('configuration.fleetTitle', { fleet: fleet.name })}
          </h1>
          <p className="text-ink-2">{t('configuration.ofFleet')}</p>
          <p>
            <Link to={`/fleets/${fleet.id}`} className="link">
              {t('fleet.toFleet')}
            </Link>
          </p>
        </div>
        {may && layer.version > 0 && (
          <Link
            to={jobForMatching(new URLSearchParams({ fleet: fleet.id }), 'pushConfiguration')}
            className={buttonClass('quiet')}
          >
            {t('configuration.pushFleet')}
          </Link>
        )}
      </div>
      <LayerPart layer={layer} action={address} fleets={[...fleets, fleet]} />
      <VersionList layer={layer} action={address} versions={versions} nextBefore={nextBefore} />
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return (
    <PageProblem
      notFound={{ title: t('problem.notFound.fleet'), text: t('problem.notFound.fleetText') }}
      onwards={{ to: '/fleets', text: t('fleets.title') }}
    />
  );
}
