import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { usePermissionsEverywhere } from '../permissions';
import { Elapsed } from '../ui/figures/relative-time';
import { MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import { StateSign } from '../ui/state-sign';
import type { Finding } from './health-types';
import { useRuleWords } from './use-rule-words';

/** What is wrong with a host, the worst first. */
export default function FindingList({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation();
  const { what, limit, figure } = useRuleWords();
  const may = usePermissionsEverywhere();
  return (
    <Section
      title={t('health.wrong')}
      end={
        may.has('hosts.read') && (
          <Link to="/health" className="text-13 underline">
            {t('health.rules')}
          </Link>
        )
      }
    >
      <ul className="flex flex-col gap-1 rounded-4 bg-sunken px-4 py-3">
        {findings.map((finding) => (
          <li key={`${finding.ruleId} ${finding.label}`} className="flex flex-wrap items-baseline gap-x-2">
            <StateSign state={finding.severity} word={t(`health.state.${finding.severity}`)} />
            <span>
              {what(finding.metric)} {finding.label && <MachineText text={finding.label} />}{' '}
              {limit(finding) &&
                t('health.found', { limit: limit(finding), value: figure(finding.metric, finding.value) })}
            </span>
            <span className="text-12 text-ink-2">
              <Elapsed since={finding.since} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
