import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CommandHeader } from '../commands/command-header';
import { openOf, runStates, totalOf } from '../commands/command-types';
import { MOST_SQUARES } from '../commands/grid';
import { DifferencesView } from '../commands/output/differences';
import { findDiff } from '../commands/output/find-diff';
import { RunPanel } from '../commands/run-panel';
import { Squares } from '../commands/squares';
import { StateCounts } from '../commands/state-counts';
import { useLiveCommand } from '../commands/use-live-command';
import { reloadIfAnswered } from '../forms/keep-page';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { ListPaging } from '../ui/list/list-paging';

export const handle: PageHandle = { title: (t) => t('command.one') };

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const commandId = params.commandId!;
  const state = runStates.find((one) => one === searchParams.get('state'));
  const cursor = searchParams.get('cursor') ?? undefined;
  const output = /^[0-9a-f]{64}$/.exec(searchParams.get('output') ?? '')?.[0];
  const [page, differences] = await Promise.all([
    api.commands.page({ commandId, state, output, cursor, limit: MOST_SQUARES }),
    api.commands.differences({ commandId }),
  ]);
  // Of a command to one host there is nothing to choose.
  const only = page.squares.length === 1 && !state && !output && !cursor ? page.squares[0]!.hostId : null;
  const hostId = searchParams.get('host') ?? only;
  const [run, diff] = await Promise.all([
    hostId ? api.commands.run({ commandId, hostId }) : null,
    findDiff(api, { commandId, output, groups: differences.groups }),
  ]);
  return { ...page, run, differences, diff };
}

export const shouldRevalidate = reloadIfAnswered;

export default function CommandPage() {
  const { t } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const { command, run } = loaded;
  const state = runStates.find((one) => one === params.get('state')) ?? null;
  // Of one output, and of a page that is not the first, no count says how many there are.
  const isFirst = !params.has('output') && !params.has('cursor');
  const [isHeld, setHeld] = useState(false);
  const { counts, squares } = useLiveCommand(loaded, { state, isFirst, isHeld });
  useReloadOnChange(openOf(counts) === 0 && openOf(command.counts) > 0);
  const undrawn = isFirst && loaded.nextCursor ? (state ? counts[state] : totalOf(counts)) - squares.length : 0;
  return (
    <div className="flex flex-col gap-6">
      <CommandHeader command={command} counts={counts} mayRunSavedAgain={loaded.mayRunSavedAgain} />
      <StateCounts counts={counts} chosen={state} />
      <div className="grid gap-8 md:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-2">
          <Squares squares={squares} chosen={run?.run.hostId} onHeld={setHeld} />
          {squares.length === 0 && <p className="text-13 text-ink-2">{t('command.noneInState')}</p>}
          {undrawn > 0 && <p className="text-13 text-ink-2">{t('command.more', { count: undrawn })}</p>}
          <ListPaging nextCursor={loaded.nextCursor} />
          {totalOf(counts) > 1 && loaded.differences.groups.length > 0 && (
            <div className="pt-4">
              <DifferencesView differences={loaded.differences} diff={loaded.diff} />
            </div>
          )}
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
