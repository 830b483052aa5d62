import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { useKindWords } from '../commands/kind-words';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { type ListedSavedCommand, RUN_BY_WORDS } from './saved-types';
import { useMayChange } from './use-may-change';

/** Saved commands, each leading to where it is run, as far as the caller may. */
export function SavedTable({ commands }: { commands: ListedSavedCommand[] }) {
  const { t } = useTranslation();
  const kindWords = useKindWords();
  const mayChange = useMayChange();
  return (
    <Table
      label={t('saved.table')}
      head={
        <>
          <Column>{t('saved.name')}</Column>
          <Column>{t('commands.kind')}</Column>
          <Column>{t('saved.runBy')}</Column>
          <Column>{t('saved.changed')}</Column>
          <Column>{t('saved.acts')}</Column>
        </>
      }
    >
      {commands.map((saved) => (
        <Row
          key={saved.id}
          className="max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
        >
          <HeadCell>
            {saved.mayRun ? (
              <Link
                to={`/commands/new?saved=${saved.id}`}
                data-row=""
                className="font-semibold wrap-anywhere hover:underline"
              >
                <bdi>{saved.name}</bdi>
              </Link>
            ) : (
              <bdi className="font-semibold wrap-anywhere">{saved.name}</bdi>
            )}
            {saved.description && <span className="block text-12 text-ink-2 wrap-anywhere">{saved.description}</span>}
          </HeadCell>
          <Cell className="text-ink-2 max-sm:order-last max-sm:col-span-2">{kindWords(saved.kind)}</Cell>
          <Cell className="text-ink-2 max-sm:order-last max-sm:col-span-2">{t(RUN_BY_WORDS[saved.runBy])}</Cell>
          <Cell className="text-ink-2 max-sm:order-last max-sm:col-span-2">
            <RelativeTime at={saved.updatedAt} /> · <span className="wrap-anywhere">{saved.updatedBy}</span>
          </Cell>
          <Cell>
            {mayChange(saved) && (
              <Link
                to={`/commands/saved/${saved.id}`}
                className="link"
                aria-label={t('saved.editOf', { name: saved.name })}
              >
                {t('saved.edit')}
              </Link>
            )}
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
