import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineText } from '../ui/machine-text';
import type { FactChange } from './fact-types';
import { FactValue } from './fact-value';

/** What changed, latest first, with what it was before. */
export function FactChanges({ changes }: { changes: FactChange[] }) {
  const { t } = useTranslation();
  return (
    <Table
      label={t('facts.changes')}
      head={
        <>
          <Column>{t('facts.when')}</Column>
          <Column>{t('facts.what')}</Column>
          <Column>{t('facts.before')}</Column>
          <Column>{t('facts.after')}</Column>
        </>
      }
    >
      {changes.map(({ at, section, name, before, after }) => (
        <Row key={`${at} ${section} ${name}`} className="max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:py-2">
          <Cell className="w-36 text-ink-2">
            <RelativeTime at={at} />
          </Cell>
          <HeadCell>
            <span className="text-ink-2">{t(`facts.section.${section}`)}</span> <MachineText text={name} />
          </HeadCell>
          <Cell>{before === null ? t('facts.new') : <FactValue name={name} value={before} />}</Cell>
          <Cell>{after === null ? t('facts.gone') : <FactValue name={name} value={after} />}</Cell>
        </Row>
      ))}
    </Table>
  );
}
