import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { CommandHeader } from '../commands/command-header';
import { runStates, totalOf } from '../commands/command-types';
import { RunPanel } from '../commands/run-panel';
import { Squares } from '../commands/squares';
import { StateCounts } from '../commands/state-counts';
import { useLiveCommand } from '../commands/use-live-command';
import { reloadIfAnswered } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';

export const handle: PageHandle = { title: (t) => t('command.one') };

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const commandId = params.commandId!;
  const state = runStates.find((one) => one === searchParams.get('state'));
  const page = await api.commands.page({ commandId, state });
  // Of a command to one host there is nothing to choose.
  const only = page.squares.length === 1 && !state ? page.squares[0]!.hostId : null;
  const hostId = searchParams.get('host') ?? only;
  return { ...page, run: hostId ? await api.commands.run({ commandId, hostId }) : null };
}

export const shouldRevalidate = reloadIfAnswered;

export default function CommandPage() {
  const { t } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const { counts, squares } = useLiveCommand(loaded);
  const { command, run } = loaded;
  const state = params.get('state');
  const undrawn = (state ? squares.length : totalOf(counts)) - squares.length;
  return (
    <div className="flex flex-col gap-6">
      <CommandHeader command={command} counts={counts} />
      <StateCounts counts={counts} chosen={state} />
      <div className="grid gap-8 md:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-2">
          <Squares squares={squares} chosen={run?.run.hostId} />
          {squares.length === 0 && <p className="text-13 text-ink-2">{t('command.noneInState')}</p>}
          {undrawn > 0 && <p className="text-13 text-ink-2">{t('command.more', { count: undrawn })}</p>}
        </div>
        {run ? (
          <RunPanel commandId={command.id} loaded={run} />
        ) : (
          <p className="text-13 text-ink-2">{t('command.pick')}</p>
        )}
      </div>
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return <PageProblem notFound={{ title: t('problem.notFound.command'), text: t('problem.notFound.commandText') }} />;
}
