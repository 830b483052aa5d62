import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { FleetField } from '../fleets/fleet-field';
import type { FleetNames } from '../fleets/fleet-types';
import { useAct } from '../forms/use-act';
import { useFound } from '../forms/use-found';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { SelectField } from '../ui/fields/select-field';
import { TextField } from '../ui/fields/text-field';
import { Section } from '../ui/section';
import { nameOf, type UserRow } from '../users/user-types';
import { type Runner, runnerRoles, type SavedCommand } from './saved-types';

interface Props {
  saved: Pick<SavedCommand, 'id' | 'name'>;
  runners: Runner[];
  fleets: FleetNames;
}

/** Whom a saved command names, and the forms to name more. */
export function Runners({ saved, runners, fleets }: Props) {
  const { t } = useTranslation();
  const mayManage = usePermissions().has('users.manage');
  return (
    <Section title={t('saved.runners.title')}>
      <div className="flex max-w-2xl flex-col gap-3">
        <p className="text-13 text-ink-2">{t('saved.runners.text')}</p>
        {runners.length > 0 ? (
          <ul className="flex flex-col">
            {runners.map((runner) => (
              <RunnerRow key={runner.id} saved={saved} runner={runner} mayManage={mayManage} />
            ))}
          </ul>
        ) : (
          <p className="text-13 text-ink-2">{t('saved.runners.none')}</p>
        )}
        {mayManage && <AddPerson saved={saved} fleets={fleets} />}
        {mayManage && <AddRole saved={saved} fleets={fleets} />}
      </div>
    </Section>
  );
}

function RunnerRow({ saved, runner, mayManage }: Pick<Props, 'saved'> & { runner: Runner; mayManage: boolean }) {
  const { t } = useTranslation();
  const { user, role, fleet } = runner;
  const who = user ? nameOf(user) : t(`role.${role!}`);
  return (
    <li className="flex flex-wrap items-center justify-between gap-2">
      <span className="min-w-0 wrap-anywhere">
        <bdi className="font-semibold">{who}</bdi>{' '}
        {user && user.name !== '' && <span className="text-12 text-ink-2">{user.email}</span>}{' '}
        <span className="text-ink-2">
          {fleet ? t('saved.runners.onFleet', { fleet: fleet.name }) : t('saved.runners.everywhere')}
          {user?.isDeactivated && ` · ${t('saved.runners.deactivated')}`}
        </span>
      </span>
      {mayManage && <Remove saved={saved} runnerId={runner.id} who={who} />}
    </li>
  );
}

function Remove({ saved, runnerId, who }: Pick<Props, 'saved'> & { runnerId: string; who: string }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useAct('savedCommands.removeRunner', {
    on: { savedCommandId: saved.id, runnerId },
    done: t('saved.runners.removed', { who, name: saved.name }),
  });
  return (
    <Form {...form}>
      <Button type="submit" look="plain" isPending={isPending} aria-label={t('saved.runners.removeOf', { who })}>
        {t('saved.runners.remove')}
      </Button>
      {!isPending && <ActProblem problem={problem} />}
    </Form>
  );
}

/** By their e-mail, with those offered of whom it has what is typed: however many there are. */
function AddPerson({ saved, fleets }: Omit<Props, 'runners'>) {
  const { t } = useTranslation();
  const list = useId();
  const { found, find } = useFound<{ users: UserRow[] }>(
    (search) => `/users?${new URLSearchParams({ index: '', search })}`,
  );
  return (
    <Adding saved={saved} fleets={fleets} label={t('saved.runners.addPerson')}>
      <TextField
        name="email"
        type="email"
        label={t('saved.runners.person')}
        description={t('saved.runners.personHelp')}
        required
        maxLength={254}
        autoComplete="off"
        list={list}
        onInput={({ currentTarget: { value } }) => {
          if (value.trim() !== '') find(value.trim());
        }}
      />
      <datalist id={list}>
        {found?.users.map(({ id, email, name }) => (
          <option key={id} value={email}>
            {name}
          </option>
        ))}
      </datalist>
    </Adding>
  );
}

function AddRole({ saved, fleets }: Omit<Props, 'runners'>) {
  const { t } = useTranslation();
  return (
    <Adding saved={saved} fleets={fleets} label={t('saved.runners.addRole')}>
      <SelectField
        name="role"
        label={t('role.label')}
        description={t('saved.runners.roleHelp')}
        options={runnerRoles.map((role) => ({ value: role, text: t(`role.${role}`) }))}
      />
    </Adding>
  );
}

/** One form, emptied once what it names is named. */
function Adding({
  saved,
  fleets,
  label,
  children,
}: Omit<Props, 'runners'> & { label: string; children: React.ReactNode }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLFormElement>(null);
  const { Form, form, isPending, problem, answer } = useAct('savedCommands.addRunner', {
    on: { savedCommandId: saved.id },
    done: ({ user, role }) =>
      t('saved.runners.added', { who: user ? nameOf(user) : t(`role.${role!}`), name: saved.name }),
  });
  useEffect(() => {
    if (answer) ref.current?.reset();
  }, [answer]);
  return (
    <Form {...form} ref={ref} className="flex flex-col gap-3 border-t border-line pt-3">
      <div className="grid gap-3 sm:grid-cols-2 *:min-w-0">
        <div>{children}</div>
        <FleetField
          name="fleetId"
          label={t('saved.runners.where')}
          names={fleets}
          none={t('saved.runners.everywhere')}
        />
      </div>
      {!isPending && <ActProblem problem={problem} />}
      <div>
        <Button type="submit" isPending={isPending}>
          {label}
        </Button>
      </div>
    </Form>
  );
}
