import { useTranslation } from 'react-i18next';
import { ActProblem } from '../../forms/act-problem';
import { usePermissions } from '../../permissions';
import { Button } from '../../ui/button';
import type { HostRow } from '../host-types';
import { useHostAct } from '../use-host-act';

/** That the machine calls itself by another name than the one it is known by, and the way to go along with it. */
export function ReportedName({ host, reportedFqdn }: { host: HostRow; reportedFqdn: string }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useHostAct({ id: host.id, fqdn: reportedFqdn }, 'adoptName');
  const isApproved = host.state === 'up' || host.state === 'down' || host.state === 'never';
  const may = usePermissions();
  return (
    <div className="flex flex-col items-start gap-2 rounded-4 bg-sunken px-4 py-3">
      <p className="wrap-anywhere">
        {t('host.callsItself')} <span className="mono">{reportedFqdn}</span>
      </p>
      {isApproved && may.has('hosts.approve') && (
        <Form {...form} className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <input type="hidden" name="fqdn" value={reportedFqdn} />
          <Button type="submit" isPending={isPending}>
            {t('act.adoptName')}
          </Button>
          <span className="text-12 text-ink-2">{t('host.adoptMeans')}</span>
        </Form>
      )}
      {!isPending && <ActProblem problem={problem} />}
    </div>
  );
}
