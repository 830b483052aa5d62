import { useTranslation } from 'react-i18next';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineText } from '../ui/machine-text';
import { compareStates } from './compare-states';

/** What was changed, before and after beside each other. A sign as well as a colour marks what is not the same. */
export function StateDiff({ before, after }: { before: unknown; after: unknown }) {
  const { t } = useTranslation();
  const differences = compareStates(before, after);
  if (differences.length === 0) return <p className="text-ink-2">{t('audit.noStates')}</p>;
  return (
    <Table
      label={t('audit.states')}
      head={
        <>
          <Column>{t('audit.field')}</Column>
          <Column>{t('audit.before')}</Column>
          <Column>{t('audit.after')}</Column>
        </>
      }
    >
      {differences.map(({ path, isChanged, ...values }) => (
        <Row key={path} className="max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:py-2">
          <HeadCell className="text-ink-2 wrap-anywhere max-sm:col-span-2">{path}</HeadCell>
          {(['before', 'after'] as const).map((side) => (
            <Cell key={side}>
              {/* The column's name, where there is no column. Screen readers know it from the table. */}
              <span className="block text-12 text-ink-3 sm:hidden" aria-hidden="true">
                {t(side === 'before' ? 'audit.before' : 'audit.after')}
              </span>
              {values[side] === undefined ? (
                '–'
              ) : isChanged ? (
                <span className={`mono rounded-4 px-1 wrap-anywhere ${MARKS[side].look}`}>
                  <span aria-hidden="true">{MARKS[side].sign} </span>
                  <MachineText text={values[side]} />
                </span>
              ) : (
                <span className="mono">
                  <MachineText text={values[side]} />
                </span>
              )}
            </Cell>
          ))}
        </Row>
      ))}
    </Table>
  );
}

const MARKS = {
  before: { sign: '−', look: 'bg-down-tint text-down' },
  after: { sign: '+', look: 'bg-up-tint text-up' },
};
