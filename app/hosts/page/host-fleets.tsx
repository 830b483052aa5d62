import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Sentence, SLOT } from '../../i18n/sentence';
import { WhyLink } from '../../fleets/why-link';
import { RelativeTime } from '../../ui/figures/relative-time';
import { Section } from '../../ui/section';
import type { HostDetail } from '../host-types';

/** Which fleets it is in, why and since when. */
export function HostFleets({ host }: { host: HostDetail }) {
  const { t } = useTranslation();
  return (
    <Section title={t('fleet.ofHost')}>
      {host.fleets.length > 0 ? (
        <ul className="flex flex-col gap-1">
          {host.fleets.map(({ id, name, how, since }) => (
            <li key={id}>
              <Link to={`/fleets/${id}`} className="font-semibold wrap-anywhere hover:underline">
                <bdi>{name}</bdi>
              </Link>
              <span className="block text-12 text-ink-2">
                <Sentence text={t('fleet.ofHostSince', { how: t(`fleet.how.${how}`), time: SLOT })}>
                  <RelativeTime at={since} />
                </Sentence>{' '}
                <WhyLink fleet={{ id, name }} host={host} />
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-13 text-ink-2">{t('fleet.noneOfHost')}</p>
      )}
    </Section>
  );
}
