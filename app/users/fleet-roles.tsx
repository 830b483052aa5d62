import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { FleetRow } from '../fleets/fleet-types';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { SelectField } from '../ui/fields/select-field';
import { Section } from '../ui/section';
import { nameOf, type UserDetail, type UserRow } from './user-types';

type FleetRole = UserDetail['fleetRoles'][number];

/** What somebody may do on the hosts of some fleets, and the form to give them more. */
export function FleetRoles({ user, roles, fleets }: { user: UserRow; roles: FleetRole[]; fleets: FleetRow[] }) {
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
              {mayManage && <TakeRole user={user} role={role} />}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-13 text-ink-2">{t('user.noFleetRoles')}</p>
      )}
      {mayManage && fleets.length > 0 && <GiveRole user={user} fleets={fleets} />}
    </Section>
  );
}

function TakeRole({ user, role: { fleetId, name } }: { user: UserRow; role: FleetRole }) {
  const { t } = useTranslation();
  const of = { user: nameOf(user), fleet: name };
  const { Form, form, isPending, problem } = useAct('users.takeFleetRole', {
    on: { userId: user.id, fleetId },
    done: t('user.tookRole', of),
  });
  return (
    <Form {...form}>
      <Button type="submit" look="plain" isPending={isPending} aria-label={t('user.takeRoleOf', of)}>
        {t('user.takeRole')}
      </Button>
      {!isPending && <ActProblem problem={problem} />}
    </Form>
  );
}

function GiveRole({ user, fleets }: { user: UserRow; fleets: FleetRow[] }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useAct('users.giveFleetRole', {
    on: { userId: user.id },
    done: t('user.gaveRole', { user: nameOf(user) }),
  });
  return (
    <Form {...form} className="flex flex-col gap-3 pt-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          name="fleetId"
          label={t('user.fleet')}
          options={fleets.map(({ id, name }) => ({ value: id, text: name }))}
        />
        <SelectField
          name="role"
          label={t('role.label')}
          options={(['viewer', 'operator'] as const).map((role) => ({ value: role, text: t(`role.${role}`) }))}
        />
      </div>
      {!isPending && <ActProblem problem={problem} />}
      <div>
        <Button type="submit" isPending={isPending}>
          {t('user.giveRole')}
        </Button>
      </div>
    </Form>
  );
}
