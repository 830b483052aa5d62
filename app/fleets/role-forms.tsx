import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { Button } from '../ui/button';
import { SelectField } from '../ui/fields/select-field';
import { nameOf } from '../users/user-types';

interface TakeProps {
  user: Parameters<typeof nameOf>[0] & { id: string };
  fleet: { id: string; name: string };
}

/** Takes somebody's role on a fleet away. */
export function TakeRole({ user, fleet }: TakeProps) {
  const { t } = useTranslation();
  const of = { user: nameOf(user), fleet: fleet.name };
  const { Form, form, isPending, problem } = useAct('users.takeFleetRole', {
    on: { userId: user.id, fleetId: fleet.id },
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

interface GiveProps {
  /** Who it is given to, or on which fleet. */
  on: { userId: string } | { fleetId: string };
  done: string;
  /** The field in which the other of the two is chosen. */
  children: ReactNode;
}

/** Gives somebody a role on a fleet. */
export function GiveRole({ on, done, children }: GiveProps) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useAct('users.giveFleetRole', { on, done });
  return (
    <Form {...form} className="flex flex-col gap-3 pt-3">
      <div className="grid gap-3 sm:grid-cols-2">
        {children}
        <SelectField
          name="role"
          label={t('role.label')}
          options={(['viewer', 'runner', 'operator'] as const).map((role) => ({
            value: role,
            text: t(`role.${role}`),
          }))}
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
