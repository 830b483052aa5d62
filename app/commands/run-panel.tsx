import { Link } from '@remix-run/react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMachineWords } from '../i18n/use-machine-words';
import { useLive } from '../live/use-live';
import { Facts } from '../ui/facts';
import { RelativeTime } from '../ui/figures/relative-time';
import { MachineText } from '../ui/machine-text';
import { isOpen, type OutputPiece, type RunRow } from './command-types';
import { OutputView } from './output/output-view';
import { reasonWords } from './reason-words';
import { RunStateSign } from './run-state';

interface Loaded {
  feed: string;
  run: RunRow;
}

const NONE: OutputPiece[] = [];

/** What a command does, or did, on one host. */
export function RunPanel({ commandId, loaded }: { commandId: string; loaded: Loaded }) {
  const { t } = useTranslation();
  const sayMachine = useMachineWords();
  const { run, recent } = useLiveRun(commandId, loaded);
  const because = [
    run.reason && reasonWords(t, run.reason, run.detail),
    run.exitCode !== null && t('command.exited', { code: String(run.exitCode) }),
  ].filter((part) => typeof part === 'string');
  return (
    <section aria-label={t('command.run', { host: run.fqdn })} className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h2 className="text-16 font-semibold wrap-anywhere">
          <Link to={`/hosts/${run.hostId}`} className="hover:underline">
            <bdi>{run.fqdn}</bdi>
          </Link>
        </h2>
        <RunStateSign state={run.state} />
      </div>
      {isOpen(run.state) && run.isCancelRequested && (
        <p className="text-13 text-ink-2">{t('command.cancelRequested')}</p>
      )}
      {run.overruled && <p className="text-13 text-ink-2">{t(`command.overruled.${run.overruled}`)}</p>}
      <Facts
        facts={[
          ...(because.length > 0 ? [[t('command.because'), because.join(' · ')] as [string, ReactNode]] : []),
          ...(run.detail
            ? [
                [t('command.detail'), <MachineText key="detail" text={sayMachine(run.said, run.detail)} />] as [
                  string,
                  ReactNode,
                ],
              ]
            : []),
          ...(run.signal ? [[t('command.signalled'), run.signal] as [string, ReactNode]] : []),
          [t('command.began'), run.startedAt && <RelativeTime at={run.startedAt} />],
          isOpen(run.state)
            ? [t('command.until'), run.deadline && <RelativeTime at={run.deadline} isPast={false} />]
            : [t('command.ended'), run.endedAt && <RelativeTime at={run.endedAt} />],
        ]}
      />
      <OutputView key={run.hostId} commandId={commandId} run={run} recent={recent} />
    </section>
  );
}

function useLiveRun(commandId: string, loaded: Loaded): { run: RunRow; recent: OutputPiece[] } {
  const [heard, setHeard] = useState({ loaded, run: loaded.run, recent: NONE });
  const now = heard.loaded === loaded ? heard : { loaded, run: loaded.run, recent: NONE };
  useLive('commandRuns', {
    snapshot: loaded,
    keys: [`${commandId}.${loaded.run.hostId}`],
    onChanges: (changes) =>
      setHeard((last) => {
        let next = last.loaded === loaded ? last : { loaded, run: loaded.run, recent: NONE };
        for (const change of changes) {
          if (change.key !== `${commandId}.${loaded.run.hostId}` || change.kind === 'gone') continue;
          const said = change.kind === 'value' ? change.value : change.patch;
          const { recent = next.recent, ...run } = said;
          next = { loaded, run: { ...next.run, ...run }, recent };
        }
        return next;
      }),
  });
  return now;
}
