import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Section } from '../ui/section';
import type { PeopleOnFleet } from './fleet-types';

/** Who has a role on a fleet. It is given, and taken away, where all of somebody's roles are. */
export function FleetPeople({ people }: { people: PeopleOnFleet }) {
  const { t } = useTranslation();
  return (
    <Section title={t('fleet.people')} count={people.length || undefined}>
      {people.length > 0 ? (
        <ul className="flex flex-col gap-1">
          {people.map(({ userId, name, email, role }) => (
            <li key={userId}>
              <Link to={`/users/${userId}`} className="wrap-anywhere hover:underline">
                <bdi>{name || email}</bdi>
              </Link>{' '}
              <span className="text-ink-2">{t(`role.${role}`)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-13 text-ink-2">{t('fleet.noPeople')}</p>
      )}
      <p className="pt-1 text-12 text-ink-2">{t('fleet.peopleHelp')}</p>
    </Section>
  );
}
