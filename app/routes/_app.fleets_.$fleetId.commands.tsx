import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { CommandTable } from '../commands/command-table';
import { QuickCommands } from '../commands/quick-commands';
import { useLiveCounts } from '../commands/use-live-counts';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { EmptyState } from '../ui/empty-state';
import { ListPaging } from '../ui/list/list-paging';

export const handle: PageHandle = { title: (t) => t('nav.commands') };

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const fleetId = params.fleetId!;
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined;
  const [commands, { name }] = await Promise.all([
    api.commands.list({ fleetId, cursor }),
    api.fleets.byId({ fleetId }),
  ]);
  return { ...commands, fleet: { id: fleetId, name } };
}

/** What was run on hosts of a fleet, and the ways to run something on all of them. */
export default function FleetCommandsPage() {
  const { t } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const { fleet } = loaded;
  const [params] = useSearchParams();
  const commands = useLiveCounts(loaded, { news: false });
  return (
    <div className="flex flex-col gap-4">
      <div className="flex min-w-0 flex-col gap-1">
        <h1 className="text-20 font-semibold wrap-anywhere">{t('fleet.commands', { fleet: fleet.name })}</h1>
        <p>
          <Link to={`/fleets/${fleet.id}`} className="link">
            {t('fleet.toFleet')}
          </Link>
        </p>
      </div>
      <QuickCommands on={`fleet=${fleet.id}`} />
      {commands.length > 0 || params.has('cursor') ? (
        <CommandTable commands={commands} />
      ) : (
        <EmptyState title={t('commands.none')} text={t('commands.noneText')} />
      )}
      <ListPaging nextCursor={loaded.nextCursor} />
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
