import { useTranslation } from 'react-i18next';
import { Facts } from '../ui/facts';
import { useFigures } from '../ui/figures/use-figures';
import { useList } from '../ui/figures/use-list';
import { Section } from '../ui/section';
import type { Abilities } from './command-types';
import { useKindWords } from './kind-words';
import { reasonWords } from './reason-words';

/**
 * What a host says it can run, what it cannot and why, and what its owner has set in agent.yaml, and the server's
 * configuration.
 */
export function AbilitiesView({ abilities }: { abilities: Abilities | null }) {
  const { t } = useTranslation();
  const kindWords = useKindWords();
  const list = useList();
  if (!abilities) {
    return (
      <Section title={t('command.abilities')}>
        <p className="text-13 text-ink-2">{t('command.noAbilities')}</p>
      </Section>
    );
  }
  const { able, unable, whyNotRunAs, interpreters, lock } = abilities;
  const { own } = lock;
  const isNarrowed = own && LIMITS.some((name) => JSON.stringify(lock[name]) !== JSON.stringify(own[name]));
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
                    {`${kindWords(kind)}: ${reasonWords(t, why, detail)}`}
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
      <LimitFacts limits={lock.own ?? lock} />
      {isNarrowed && (
        <>
          <h3 className="pt-4 text-13 font-semibold">{t('command.narrowed')}</h3>
          <p className="text-13 text-ink-2">{t('command.narrowedHelp')}</p>
          <LimitFacts limits={lock} />
        </>
      )}
    </Section>
  );
}

const LIMITS = ['forbiddenKinds', 'runAs', 'concurrency', 'outputBytes'] as const;

function LimitFacts({ limits }: { limits: Pick<Abilities['lock'], (typeof LIMITS)[number]> }) {
  const { t } = useTranslation();
  const kindWords = useKindWords();
  const { bytes } = useFigures();
  const list = useList();
  const { forbiddenKinds, runAs, concurrency, outputBytes } = limits;
  return (
    <Facts
      facts={[
        [t('command.forbidden'), list(forbiddenKinds.map(kindWords)) || t('command.nothingForbidden')],
        [t('command.lockedUsers'), runAs ? <span className="mono">{runAs.join(' ')}</span> : t('command.anyUser')],
        [t('command.atOnce'), String(concurrency)],
        [t('command.keeps'), bytes(outputBytes)],
      ]}
    />
  );
}
