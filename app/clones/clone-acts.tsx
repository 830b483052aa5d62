import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { DangerButton } from '../forms/danger-button';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import type { Clone, HostRow } from '../hosts/host-types';
import { useHostAct } from '../hosts/use-host-act';

const SIDES = [
  { side: 'first', label: 'clone.keepFirst', look: 'primary' },
  { side: 'second', label: 'clone.keepSecond', look: 'quiet' },
] as const;

/**
 * Which of the two stays the host. While only one of them is connected there is nobody to tell; then it can be
 * dismissed.
 */
export function CloneActs({ host, clone }: { host: HostRow; clone: Clone }) {
  const { t } = useTranslation();
  const dismiss = useHostAct(host, 'dismissClone');
  const may = usePermissions();
  const name = { host: host.fqdn };
  const areBothThere = clone.first.isConnected && clone.second.isConnected;
  if (!may.has('hosts.approve')) return null;
  return (
    <div className="flex flex-col gap-2">
      {!areBothThere && <p className="max-w-prose text-13 text-ink-2">{t('clone.absent')}</p>}
      <div className="flex flex-wrap gap-2">
        {SIDES.map(({ side, label, look }) => (
          <DangerButton
            key={side}
            label={t(label)}
            name={t(label)}
            look={look}
            verb={t('clone.split.verb', name)}
            title={t('clone.split.title', name)}
            act="hosts.split"
            on={{ hostId: host.id, keep: clone[side].id }}
            done={t('done.split', name)}
            isOffered
            isDisabled={!areBothThere}
          >
            <p>{t(`clone.split.${side}`, name)}</p>
            <p className="text-ink-2">{t('clone.split.attacker', name)}</p>
          </DangerButton>
        ))}
        {!clone.second.isConnected && (
          <dismiss.Form {...dismiss.form}>
            <Button type="submit" isPending={dismiss.isPending}>
              {t('clone.dismiss')}
            </Button>
          </dismiss.Form>
        )}
      </div>
      {!dismiss.isPending && <ActProblem problem={dismiss.problem} />}
    </div>
  );
}
