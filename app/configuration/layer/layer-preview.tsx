import { useTranslation } from 'react-i18next';
import { StateDiff } from '../../audit/state-diff';
import { Notice } from '../../ui/notice';
import { useList } from '../../ui/figures/use-list';
import { Section } from '../../ui/section';
import type { Preview } from '../configuration-types';
import { ConflictNotice } from '../conflict-notice';

/** What is wrong with a text, and where; or what saving it would change, and on which hosts. */
export function LayerPreview({
  preview,
  before,
  fleets,
}: {
  preview: Preview;
  before: object;
  fleets: readonly { id: string; name: string }[];
}) {
  const { t } = useTranslation();
  const list = useList();
  const { issues, changes, hosts, document, conflicts } = preview;
  if (issues.length > 0) {
    return (
      <Notice title={t('configuration.textWrong', { count: issues.length })}>
        <ul className="list-disc ps-5">
          {issues.map(({ line, column, path, message }) => (
            <li key={`${line} ${column} ${path} ${message}`}>
              {t('configuration.issue', { line: String(line), column: String(column) })}{' '}
              {path && <code className="mono">{path}</code>} <span className="wrap-anywhere">{message}</span>
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  return (
    <Section title={t('configuration.changes')}>
      {conflicts.length > 0 && <ConflictNotice conflicts={conflicts} fleets={fleets} />}
      <p role="status" className="pb-2 text-13 wrap-anywhere text-ink-2">
        {changes.length === 0
          ? t('configuration.noChanges')
          : t('configuration.changesHosts', { count: hosts.changed, of: hosts.of })}{' '}
        {list(hosts.changed > hosts.names.length ? [...hosts.names, '…'] : hosts.names)}
      </p>
      {changes.length > 0 && <StateDiff before={saying(before)} after={saying(document)} />}
    </Section>
  );
}

/** A document that says nothing has no line of its own. */
const saying = (document: object) => (Object.keys(document).length > 0 ? document : null);
