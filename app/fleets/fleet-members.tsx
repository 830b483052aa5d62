import { Link, useLocation } from '@remix-run/react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import type { KnownHosts } from '../hosts/apply-live-change';
import { HostState } from '../hosts/host-state';
import type { HostRow } from '../hosts/host-types';
import { SystemName } from '../hosts/system-name';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { useSteadyRows } from '../ui/list/steady-rows';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineName } from '../ui/machine-text';
import type { Fleet } from './fleet-types';
import { WhyLink } from './why-link';

/**
 * The hosts of a fleet, a page of them. Their states are live; who enters or leaves moves nothing under the pointer.
 */
export function FleetMembers({ fleet, hosts, known }: { fleet: Fleet; hosts: HostRow[]; known: KnownHosts }) {
  const { t } = useTranslation();
  const mayChange = usePermissions().has('fleets.manage');
  const { rows, hold } = useSteadyRows(
    useMemo(() => hosts.map((host) => known.hosts.get(host.id) ?? host), [hosts, known]),
    known.hosts,
    useLocation().search,
  );
  return (
    <div {...hold}>
      <Table
        label={t('fleet.members')}
        head={
          <>
            <Column>{t('hosts.column.name')}</Column>
            <Column>{t('hosts.column.state')}</Column>
            <Column>{t('hosts.column.system')}</Column>
            {mayChange && <Column>{t('waiting.acts')}</Column>}
          </>
        }
      >
        {rows.map(({ row: host, hasLeft }) => {
          const isGone = hasLeft || known.gone.has(host.id);
          return (
            <Row
              key={host.id}
              changes={known.changes.get(host.id) ?? 0}
              isFaded={isGone}
              className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
            >
              <HeadCell>
                <Link to={`/hosts/${host.id}`} data-row="" className="font-semibold wrap-anywhere hover:underline">
                  <MachineName name={host.fqdn} />
                </Link>
                <span className="mono block text-12 text-ink-2 wrap-anywhere">{host.addresses[0]}</span>
                <WhyLink fleet={fleet} host={{ id: host.id, fqdn: host.fqdn }} />
              </HeadCell>
              <Cell className="max-sm:justify-self-end">
                {isGone ? (
                  <span className="text-ink-2">{t(hasLeft ? 'fleet.leftNow' : 'hosts.goneNow')}</span>
                ) : (
                  <HostState host={host} isStacked />
                )}
              </Cell>
              <Cell>
                <SystemName host={host} />
              </Cell>
              {mayChange && (
                <Cell className="max-sm:justify-self-end">{!isGone && <TakeOut fleet={fleet} host={host} />}</Cell>
              )}
            </Row>
          );
        })}
      </Table>
    </div>
  );
}

function TakeOut({ fleet, host }: { fleet: Fleet; host: HostRow }) {
  const { t } = useTranslation();
  const name = { host: host.fqdn, fleet: fleet.name };
  const { Form, form, isPending, problem } = useAct('fleets.removeHost', {
    on: { fleetId: fleet.id, hostId: host.id },
    done: t('fleet.removed', name),
  });
  return (
    <Form {...form}>
      <Button type="submit" look="plain" isPending={isPending} aria-label={t('fleet.removeHost', name)}>
        {t('fleet.remove')}
      </Button>
      {!isPending && <ActProblem problem={problem} />}
    </Form>
  );
}
