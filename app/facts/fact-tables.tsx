import { useTranslation } from 'react-i18next';
import { Sentence, SLOT } from '../i18n/sentence';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import { FactValue } from './fact-value';
import type { ShownSection } from './select-facts';

/** A table a section, with how many facts it has and since when it is so. */
export function FactTables({ sections }: { sections: ShownSection[] }) {
  const { t } = useTranslation();
  return (
    <div className="flex max-w-4xl flex-col gap-8">
      {sections.map(({ section, changedAt, facts, found, total }) => (
        <Section
          key={section}
          title={t(`facts.section.${section}`)}
          count={found === total ? total : t('facts.foundOf', { found, total })}
          end={
            <span className="text-12 text-ink-2">
              <Sentence text={t('facts.since', { time: SLOT })}>
                <RelativeTime at={changedAt} />
              </Sentence>
            </span>
          }
        >
          <Table
            label={t(`facts.section.${section}`)}
            head={
              <>
                <Column>{t('facts.name')}</Column>
                <Column>{t('facts.value')}</Column>
              </>
            }
          >
            {facts.map(([name, value]) => (
              <Row key={name} className="max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:py-2">
                <HeadCell className="w-72 text-ink-2">
                  <MachineText text={name} />
                </HeadCell>
                <Cell>
                  <FactValue name={name} value={value} />
                </Cell>
              </Row>
            ))}
          </Table>
          {facts.length < found && (
            <p className="pt-2 text-13 text-ink-2">{t('facts.more', { count: found - facts.length })}</p>
          )}
        </Section>
      ))}
    </div>
  );
}
