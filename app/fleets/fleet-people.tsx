import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { SelectField } from '../ui/fields/select-field';
import { Section } from '../ui/section';
import { nameOf, type UserRow } from '../users/user-types';
import type { Fleet, PeopleOnFleet } from './fleet-types';
import { GiveRole, TakeRole } from './role-forms';

interface Props {
  fleet: Fleet;
  people: PeopleOnFleet;
  /** Whom a role can be given; null for who may give none. */
  users: Pick<UserRow, 'id' | 'name' | 'email'>[] | null;
  /** There are more than these: the rest have it given on their own page. */
  isCut: boolean;
}

/** Who has a role on a fleet, and the form to give it to others. */
export function FleetPeople({ fleet, people, users, isCut }: Props) {
  const { t } = useTranslation();
  return (
    <Section title={t('fleet.people')} count={people.length || undefined}>
      {people.length > 0 ? (
        <ul className="flex flex-col gap-1">
          {people.map(({ userId, name, email, role }) => (
            <li key={userId} className="flex flex-wrap items-center justify-between gap-2">
              <span className="min-w-0">
                <Link to={`/users/${userId}`} className="wrap-anywhere hover:underline">
                  <bdi>{name || email}</bdi>
                </Link>{' '}
                <span className="text-ink-2">{t(`role.${role}`)}</span>
              </span>
              {users && <TakeRole user={{ id: userId, name, email }} fleet={fleet} />}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-13 text-ink-2">{t('fleet.noPeople')}</p>
      )}
      {users && users.length > 0 && (
        <GiveRole on={{ fleetId: fleet.id }} done={t('fleet.gaveRole', { fleet: fleet.name })}>
          <SelectField
            name="userId"
            label={t('fleet.person')}
            options={users.map((user) => ({ value: user.id, text: nameOf(user) }))}
          />
        </GiveRole>
      )}
      {(!users || isCut) && <p className="pt-1 text-12 text-ink-2">{t('fleet.peopleHelp')}</p>}
    </Section>
  );
}
