import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FleetField } from '../fleets/fleet-field';
import type { FleetNames } from '../fleets/fleet-types';
import { GiveRole, TakeRole } from '../fleets/role-forms';
import { usePermissions } from '../permissions';
import { Section } from '../ui/section';
import { nameOf, type UserDetail, type UserRow } from './user-types';

type FleetRole = UserDetail['fleetRoles'][number];

/** What somebody may do on the hosts of some fleets, and the form to give them more. */
export function FleetRoles({ user, roles, fleets }: { user: UserRow; roles: FleetRole[]; fleets: FleetNames }) {
  const { t } = useTranslation();
  const mayManage = usePermissions().has('users.manage');
  return (
    <Section title={t('user.fleetRoles')}>
      {roles.length > 0 ? (
        <ul className="flex flex-col">
          {roles.map((role) => (
            <li key={role.fleetId} className="flex flex-wrap items-center justify-between gap-2">
              <span className="min-w-0">
                <Link to={`/fleets/${role.fleetId}`} className="font-semibold wrap-anywhere hover:underline">
                  <bdi>{role.name}</bdi>
                </Link>{' '}
                <span className="text-ink-2">{t(`role.${role.role}`)}</span>
              </span>
              {mayManage && <TakeRole user={user} fleet={{ id: role.fleetId, name: role.name }} />}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-13 text-ink-2">{t('user.noFleetRoles')}</p>
      )}
      {mayManage && fleets.fleets.length > 0 && (
        <GiveRole on={{ userId: user.id }} done={t('user.gaveRole', { user: nameOf(user) })}>
          <FleetField name="fleetId" label={t('user.fleet')} names={fleets} />
        </GiveRole>
      )}
    </Section>
  );
}
