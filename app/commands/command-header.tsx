import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { DangerButton } from '../forms/danger-button';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';
import { RelativeTime } from '../ui/figures/relative-time';
import { type CommandRow, failedStates, openOf, totalOf } from './command-types';
import { useKindWords } from './kind-words';

/** What was sent, by whom, and what can be done about it now. */
export function CommandHeader({ command, counts }: { command: CommandRow; counts: CommandRow['counts'] }) {
  const { t } = useTranslation();
  const kindWords = useKindWords();
  const may = usePermissions();
  const mayAgain = may.has(command.kind === 'execute_shell' ? 'commands.shell' : 'commands.run');
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
        </div>
        <div className="flex flex-wrap gap-2">
          {mayAgain && hasFailed && (
            <Link to={`/commands/new?again=${command.id}&runs=failed`} className={buttonClass('quiet')}>
              {t('command.againOnFailures')}
            </Link>
          )}
          {mayAgain && (
            <Link to={`/commands/new?again=${command.id}`} className={buttonClass('quiet')}>
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
      <Parameters command={command} />
    </header>
  );
}

/** What it was sent with: a script as it stands, everything else in a line each. */
function Parameters({ command: { parameters } }: { command: CommandRow }) {
  const { script, ...rest } = parameters;
  const lines = Object.entries(rest).map(([name, value]) => `${name}: ${inWords(value)}`);
  const text = [typeof script === 'string' ? script : null, ...lines].filter((line) => line !== null).join('\n');
  if (text === '') return null;
  return (
    <pre
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and so must the keyboard
      tabIndex={0}
      className="mono max-h-48 overflow-auto rounded-4 bg-sunken p-3 text-12 whitespace-pre-wrap wrap-anywhere"
    >
      {text}
    </pre>
  );
}

function inWords(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value
    .map((one: unknown) => {
      if (typeof one === 'string') return one;
      const { name, value, isSecret } = one as { name: string; value: string; isSecret?: boolean };
      return `${name}=${isSecret ? '•••' : value}`;
    })
    .join(' ');
}
