import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../ui/figures/amount';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { type CommandRow, runStates, totalOf } from './command-types';
import { useKindWords } from './kind-words';
import { RunStateSign } from './run-state';

/**
 * Commands, each with how its hosts fare.
 * @param host whose of its runs a command's page is to show
 */
export function CommandTable({ commands, host }: { commands: CommandRow[]; host?: string }) {
  const { t } = useTranslation();
  const kindWords = useKindWords();
  return (
    <Table
      label={t('commands.table')}
      head={
        <>
          <Column>{t('commands.column.what')}</Column>
          <Column>{t('commands.column.hosts')}</Column>
          <Column>{t('commands.column.result')}</Column>
          <Column>{t('commands.column.who')}</Column>
          <Column>{t('commands.column.when')}</Column>
        </>
      }
    >
      {commands.map((command) => (
        <Row
          key={command.id}
          className="max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
        >
          <HeadCell>
            <Link
              to={host ? `/commands/${command.id}?host=${host}` : `/commands/${command.id}`}
              data-row=""
              className="font-semibold hover:underline"
            >
              {kindWords(command.kind)}
            </Link>
            {command.savedCommand ? (
              <span className="block max-w-md truncate text-12 text-ink-2">{command.savedCommand.name}</span>
            ) : (
              <span className="mono block max-w-md truncate text-12 text-ink-2">{summaryOf(command)}</span>
            )}
          </HeadCell>
          <Cell className="tabular-nums max-sm:justify-self-end">
            <Amount of={totalOf(command.counts)} />
          </Cell>
          <Cell className="max-sm:col-span-2">
            <span className="flex flex-wrap gap-x-4 gap-y-1">
              {runStates
                .filter((state) => command.counts[state] > 0)
                .map((state) => (
                  <span key={state} className="inline-flex items-baseline gap-1.5">
                    <RunStateSign state={state} />
                    <span className="text-ink-2 tabular-nums">{command.counts[state]}</span>
                  </span>
                ))}
            </span>
          </Cell>
          <Cell className="wrap-anywhere text-ink-2">{command.author}</Cell>
          <Cell className="text-ink-2 max-sm:justify-self-end">
            <RelativeTime at={command.createdAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

/** Of its parameters what tells it from others of its kind. */
function summaryOf({ parameters: { script, packages, service, action, pid, scope } }: CommandRow): string {
  if (typeof script === 'string') return script.trim().split('\n')[0]!;
  if (Array.isArray(packages)) return packages.join(' ');
  return [action, service, pid, scope].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
}
