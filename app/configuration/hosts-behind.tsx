import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { notAsWanted } from '../hosts/host-types';
import { totalText } from '../ui/list/total';
import { Section } from '../ui/section';

interface Props {
  counts: { how: (typeof notAsWanted)[number]; total: number; isTotalExact: boolean }[];
}

/** How many hosts are not configured as it is wanted of them, each number a way to the list of those. */
export function HostsBehind({ counts }: Props) {
  const { t, i18n } = useTranslation();
  const some = counts.filter(({ total }) => total > 0);
  return (
    <Section title={t('configuration.behind')}>
      {some.length === 0 ? (
        <p className="text-13 text-ink-2">{t('configuration.noneBehind')}</p>
      ) : (
        <ul className="flex flex-col gap-1 text-13">
          {some.map(({ how, ...counted }) => (
            <li key={how}>
              <Link to={`/hosts?configuration=${how}`} className="link">
                {t(`configuration.behindBy.${how}`, {
                  count: counted.total,
                  figure: totalText(t, counted, i18n.language),
                })}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
