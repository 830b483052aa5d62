import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { AbilitiesView } from '../commands/abilities-view';
import { CommandTable } from '../commands/command-table';
import { QuickCommands } from '../commands/quick-commands';
import { useLiveCounts } from '../commands/use-live-counts';
import { useHost } from '../hosts/page/host-context';
import { reloadHost } from '../hosts/page/reload-host';
import { EmptyState } from '../ui/empty-state';
import { ListPaging } from '../ui/list/list-paging';

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const hostId = params.hostId!;
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined;
  const [commands, { abilities }] = await Promise.all([
    api.commands.list({ hostId, cursor }),
    api.commands.abilities({ hostId }),
  ]);
  return { ...commands, abilities };
}

export const shouldRevalidate = reloadHost;

/** What was run on a host, the way to run something on it, and what can be run there. */
export default function HostCommands() {
  const { t } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const { host } = useHost();
  const [params] = useSearchParams();
  const commands = useLiveCounts(loaded, { news: false });
  const run = ['up', 'down', 'never'].includes(host.state) && <QuickCommands on={`hosts=${host.id}`} />;
  return (
    <div className="flex flex-col items-start gap-4">
      {commands.length > 0 || params.has('cursor') ? (
        <>
          {run}
          <div className="w-full">
            <CommandTable commands={commands} host={host.id} />
          </div>
        </>
      ) : (
        <EmptyState title={t('commands.none')} text={t('commands.noneText')}>
          {run}
        </EmptyState>
      )}
      <ListPaging nextCursor={loaded.nextCursor} />
      <AbilitiesView abilities={loaded.abilities} />
    </div>
  );
}
