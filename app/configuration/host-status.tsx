import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { useMachineWords } from '../i18n/use-machine-words';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import type { HostConfiguration } from './configuration-types';

const LOOKS: Record<NonNullable<HostConfiguration['status']>, string> = {
  waiting: 'border-pending-edge bg-pending-tint text-pending',
  applying: 'border-pending-edge bg-pending-tint text-pending',
  applied: 'border-up-edge bg-up-tint text-up',
  failed: 'border-down-edge bg-down-tint text-down',
  rolled_back: 'border-down-edge bg-down-tint text-down',
};

/** What became of what is wanted, in the host's own words, and the way to have it tried again. */
export function HostStatus({
  hostId,
  fqdn,
  configuration,
}: {
  hostId: string;
  fqdn: string;
  configuration: HostConfiguration;
}) {
  const { t } = useTranslation();
  const may = usePermissions().has('configuration.write');
  const sayMachine = useMachineWords();
  const { status, message, said, conflicts } = configuration;
  // It says something of what it has in force: that it reaches the server otherwise.
  const isDetoured = status === 'applied' && message !== '';
  const { submit, isPending, problem } = useAct('configuration.push', {
    done: t('configuration.pushed', { host: fqdn }),
  });
  if (status === null)
    return (
      <p role="status" className="rounded-4 bg-sunken px-3 py-2 text-13">
        {t('configuration.status.none')}
      </p>
    );
  const word = conflicts.length > 0 ? 'disagreeing' : isDetoured ? 'detoured' : status;
  return (
    <div className="flex flex-col gap-2">
      <div
        className={`flex flex-wrap items-center gap-x-4 gap-y-2 rounded-4 border-s-4 px-3 py-2 text-13 ${LOOKS[isDetoured ? 'waiting' : status]}`}
      >
        <p role="status" className="min-w-0 grow">
          <span className="font-medium">{t(`configuration.status.${word}`)}</span>{' '}
          <span className="wrap-anywhere text-ink">{sayMachine(said, message)}</span>
        </p>
        {may && status !== 'applied' && conflicts.length === 0 && (
          <Button isPending={isPending} onPress={() => submit({ targets: { hostIds: [hostId] } })}>
            {t('configuration.push')}
          </Button>
        )}
      </div>
      {!isPending && <ActProblem problem={problem} />}
    </div>
  );
}
