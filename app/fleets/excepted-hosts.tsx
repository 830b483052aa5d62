import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { Section } from '../ui/section';
import type { Fleet } from './fleet-types';
import { WhyLink } from './why-link';

/** Hosts that people took out of a fleet, whatever its rule says; nothing while there are none. */
export function ExceptedHosts({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const mayChange = usePermissions().has('fleets.manage');
  if (fleet.excepted.length === 0) return null;
  return (
    <Section title={t('fleet.excepted')} count={fleet.excepted.length}>
      <ul className="flex flex-col gap-1">
        {fleet.excepted.map((host) => (
          <li key={host.id} className="flex flex-wrap items-center justify-between gap-2">
            <span className="min-w-0">
              <Link to={`/hosts/${host.id}`} className="wrap-anywhere hover:underline">
                <bdi>{host.fqdn}</bdi>
              </Link>
              <span className="block text-12 text-ink-2 wrap-anywhere">{host.by}</span>
              <WhyLink fleet={fleet} host={host} />
            </span>
            {mayChange && <LeaveToRule fleet={fleet} host={host} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function LeaveToRule({ fleet, host }: { fleet: Fleet; host: Fleet['excepted'][number] }) {
  const { t } = useTranslation();
  const name = { host: host.fqdn };
  const { Form, form, isPending, problem } = useAct('fleets.leaveToRule', {
    on: { fleetId: fleet.id, hostId: host.id },
    done: t('fleet.leftToRule', name),
  });
  return (
    <Form {...form}>
      <Button type="submit" look="plain" isPending={isPending} aria-label={t('fleet.leaveToRuleOf', name)}>
        {t('fleet.leaveToRule')}
      </Button>
      {!isPending && <ActProblem problem={problem} />}
    </Form>
  );
}
