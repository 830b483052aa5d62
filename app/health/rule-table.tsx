import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineText } from '../ui/machine-text';
import { StateSign } from '../ui/state-sign';
import type { FleetName, HealthRule } from './health-types';
import { RuleScope } from './rule-scope';
import { useRuleWords } from './use-rule-words';

interface Props {
  rules: HealthRule[];
  fleets: readonly FleetName[];
  isPending: boolean;
  /** Absent for who may not change them. */
  onEdit: ((rule: HealthRule) => void) | undefined;
  onSwitch: (rule: HealthRule) => void;
}

export function RuleTable({ rules, fleets, isPending, onEdit, onSwitch }: Props) {
  const { t } = useTranslation();
  const { what, limit, figure, durationInSentence } = useRuleWords();
  const isScoped = rules.some(({ scope }) => scope);
  const nameOf = ({ metric, severity }: HealthRule) => `${what(metric)}, ${t(`health.state.${severity}`)}`;
  return (
    <Table
      label={t('health.rules')}
      head={
        <>
          <Column>{t('health.column.what')}</Column>
          <Column>{t('health.column.severity')}</Column>
          {isScoped && <Column>{t('nav.hosts')}</Column>}
          <Column>{t('health.column.when')}</Column>
          <Column>{t('health.column.back')}</Column>
          {onEdit && <Column>{t('health.column.acts')}</Column>}
        </>
      }
    >
      {rules.map((rule) => (
        <Row
          key={rule.id}
          isFaded={!rule.isEnabled}
          className="max-sm:flex max-sm:flex-wrap max-sm:items-baseline max-sm:gap-x-3 max-sm:py-2"
        >
          <HeadCell>
            {what(rule.metric)} {rule.label && <MachineText text={rule.label} />}
          </HeadCell>
          <Cell>
            <StateSign state={rule.severity} word={t(`health.state.${rule.severity}`)} />
          </Cell>
          {isScoped && (
            <Cell className="wrap-anywhere">
              <RuleScope scope={rule.scope} fleets={fleets} />
            </Cell>
          )}
          <Cell>
            {limit(rule)} {rule.forSeconds > 0 && t('health.lasting', { time: durationInSentence(rule.forSeconds) })}
          </Cell>
          <Cell className="text-ink-2">
            {rule.isEnabled
              ? limit(rule) && t('health.backAt', { value: figure(rule.metric, rule.back) })
              : t('health.off')}
          </Cell>
          {onEdit && (
            <Cell>
              <span className="flex flex-wrap gap-2">
                <Button onPress={() => onEdit(rule)} aria-label={t('health.editOf', { rule: nameOf(rule) })}>
                  {t('health.edit')}
                </Button>
                <Button
                  isPending={isPending}
                  onPress={() => onSwitch(rule)}
                  aria-label={t(rule.isEnabled ? 'health.switchOffOf' : 'health.switchOnOf', { rule: nameOf(rule) })}
                >
                  {t(rule.isEnabled ? 'health.switchOff' : 'health.switchOn')}
                </Button>
              </span>
            </Cell>
          )}
        </Row>
      ))}
    </Table>
  );
}
