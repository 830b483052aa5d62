import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { DangerButton } from '../forms/danger-button';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';
import { RelativeTime } from '../ui/figures/relative-time';
import { type CommandRow, failedStates, openOf, totalOf } from './command-types';
import { useKindWords } from './kind-words';
import { ParametersText } from './parameters-text';

interface Props {
  command: CommandRow;
  counts: CommandRow['counts'];
  /** Of one that comes from a saved one which is there still. */
  mayRunSavedAgain: boolean | null;
}

/** What was sent, by whom, and what can be done about it now. */
export function CommandHeader({ command, counts, mayRunSavedAgain }: Props) {
  const { t } = useTranslation();
  const kindWords = useKindWords();
  const may = usePermissions();
  const saved = command.savedCommand;
  // Of a saved one that is there still, values are said again; its text is the one that it has by now.
  const again = `/commands/new?${new URLSearchParams({ ...(saved?.id && { saved: saved.id }), again: command.id })}`;
  const own = command.kind === 'execute_shell' ? 'commands.shell' : 'commands.run';
  const mayAgain = mayRunSavedAgain ?? may.has(own);
  const hasFailed = failedStates.some((state) => counts[state] > 0);
  return (
    <header className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-20 font-semibold">
            {t('command.title', { kind: kindWords(command.kind), hosts: t('command.to', { count: totalOf(counts) }) })}
          </h1>
          <p className="text-13 text-ink-2">
            <RelativeTime at={command.createdAt} /> · {t('commands.by', { author: command.author })}
          </p>
          {saved && (
            <p className="text-13 text-ink-2 wrap-anywhere">
              {saved.id ? (
                <Link to={`/commands?savedCommandId=${saved.id}`} className="link">
                  {t('saved.from', { name: saved.name })}
                </Link>
              ) : (
                t('saved.from', { name: saved.name })
              )}
            </p>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          {mayAgain && hasFailed && (
            <Link to={`${again}&runs=failed`} className={buttonClass('quiet')}>
              {t('command.againOnFailures')}
            </Link>
          )}
          {mayAgain && (
            <Link to={again} className={buttonClass('quiet')}>
              {t('command.again')}
            </Link>
          )}
          {may.has('commands.cancel') && (
            <DangerButton
              act="commands.cancel"
              on={{ commandId: command.id }}
              label={t('command.cancel')}
              verb={t('command.cancelVerb')}
              dismiss={t('act.back')}
              title={t('command.cancelTitle')}
              done={t('command.cancelled')}
              isOffered={openOf(counts) > 0}
            >
              <p>{t('command.cancelText')}</p>
            </DangerButton>
          )}
        </div>
      </div>
      <ParametersText parameters={command.parameters} />
    </header>
  );
}
