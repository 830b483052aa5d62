import { useTranslation } from 'react-i18next';
import { Facts } from '../ui/facts';
import { useFigures } from '../ui/figures/use-figures';
import { useList } from '../ui/figures/use-list';
import { Section } from '../ui/section';
import type { Abilities } from './command-types';
import { useKindWords } from './kind-words';
import { reasonWords } from './reason-words';

/** What a host says it can run, what it cannot and why, and what its owner has set in agent.yaml. */
export function AbilitiesView({ abilities }: { abilities: Abilities | null }) {
  const { t } = useTranslation();
  const kindWords = useKindWords();
  const { bytes } = useFigures();
  const list = useList();
  if (!abilities) {
    return (
      <Section title={t('command.abilities')}>
        <p className="text-13 text-ink-2">{t('command.noAbilities')}</p>
      </Section>
    );
  }
  const { able, unable, whyNotRunAs, interpreters, lock } = abilities;
  const forbidden = list(lock.forbiddenKinds.map(kindWords));
  return (
    <Section title={t('command.abilities')}>
      <Facts
        facts={[
          [t('command.able'), list(able.map(kindWords))],
          [
            t('command.unable'),
            unable.length > 0 && (
              <ul>
                {unable.map(({ kind, why, detail }) => (
                  <li key={kind}>
                    {`${kindWords(kind)}: ${reasonWords(t, why)}`}
                    {detail && <span className="mono text-ink-2"> {detail}</span>}
                  </li>
                ))}
              </ul>
            ),
          ],
          [t('command.asOthers'), whyNotRunAs ? reasonWords(t, whyNotRunAs) : t('command.asAnybody')],
          [t('command.interpreters'), <span className="mono">{interpreters.join(' ')}</span>],
        ]}
      />
      <h3 className="pt-4 text-13 font-semibold">{t('command.lock')}</h3>
      <p className="text-13 text-ink-2">{t('command.lockHelp')}</p>
      <Facts
        facts={[
          [t('command.forbidden'), forbidden || t('command.nothingForbidden')],
          [
            t('command.lockedUsers'),
            lock.runAs ? <span className="mono">{lock.runAs.join(' ')}</span> : t('command.anyUser'),
          ],
          [t('command.atOnce'), String(lock.concurrency)],
          [t('command.keeps'), bytes(lock.outputBytes)],
        ]}
      />
    </Section>
  );
}
