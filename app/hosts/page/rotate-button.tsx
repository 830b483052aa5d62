import { useTranslation } from 'react-i18next';
import { Sentence, SLOT } from '../../i18n/sentence';
import { ActProblem } from '../../forms/act-problem';
import { usePermissions } from '../../permissions';
import { Button } from '../../ui/button';
import { RelativeTime } from '../../ui/figures/relative-time';
import type { HostRow } from '../host-types';
import { useAct } from '../../forms/use-act';

/** Asks one host for a new key and certificate, and tells how far that is. */
export function RotateButton({ host }: { host: HostRow }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useAct('hosts.rotateCertificate', {
    done: t('done.rotateCertificate', { host: host.fqdn }),
  });
  const { state, renewalRequestedAt: at } = host;
  const may = usePermissions();
  const isApproved = state === 'up' || state === 'down' || state === 'never';
  return (
    <div className="flex flex-col items-start gap-2">
      {isApproved && may.has('certificates.rotate') && (
        <Form {...form}>
          <input type="hidden" name="input" value={JSON.stringify({ hostIds: [host.id] })} />
          <Button type="submit" isPending={isPending} isDisabled={at !== null}>
            {t('act.rotate')}
          </Button>
        </Form>
      )}
      {/* Always there: what is announced must have somewhere to be announced. */}
      <p role="status" className="text-13 text-ink-2 empty:hidden">
        {isApproved && at && (
          <Sentence text={t(state === 'up' ? 'certificate.renewing' : 'certificate.renewsLater', { time: SLOT })}>
            <RelativeTime at={at} />
          </Sentence>
        )}
      </p>
      {!isPending && <ActProblem problem={problem} />}
    </div>
  );
}
