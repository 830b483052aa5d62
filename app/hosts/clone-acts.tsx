import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../act-problem';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import type { Clone, HostRow } from './host-types';
import { useHostAct } from './use-host-act';

/** Which of the two stays the host. While only one of them is connected there is nobody to tell; then it can be dismissed. */
export function CloneActs({ host, clone }: { host: HostRow; clone: Clone }) {
  const { t } = useTranslation();
  const [kept, setKept] = useState<'first' | 'second'>('first');
  const [isOpen, setOpen] = useState(false);
  const split = useHostAct(host, 'split', () => setOpen(false));
  const dismiss = useHostAct(host, 'dismiss-clone');
  const may = usePermissions();
  const name = { host: host.fqdn };
  const ask = (side: 'first' | 'second') => {
    setKept(side);
    setOpen(true);
  };
  const areBothThere = clone.first.isConnected && clone.second.isConnected;
  if (!may.has('hosts.approve')) return null;
  return (
    <div className="flex flex-col gap-2">
      {!areBothThere && <p className="max-w-prose text-13 text-ink-2">{t('clone.absent')}</p>}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" isDisabled={!areBothThere} onPress={() => ask('first')}>
          {t('clone.keepFirst')}
        </Button>
        <Button isDisabled={!areBothThere} onPress={() => ask('second')}>
          {t('clone.keepSecond')}
        </Button>
        {!clone.second.isConnected && (
          <dismiss.Form method="post" action={dismiss.action}>
            <Button type="submit" isPending={dismiss.isPending}>
              {t('clone.dismiss')}
            </Button>
          </dismiss.Form>
        )}
      </div>
      {!dismiss.isPending && <ActProblem problem={dismiss.problem} />}
      <ConfirmDialog
        title={t('clone.split.title', name)}
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb={t('clone.split.verb', name)}
        cancel={t('act.cancel')}
        isPending={split.isPending}
        onConfirm={() => split.submit({ keep: clone[kept].id })}
      >
        <p>{t(`clone.split.${kept}`, name)}</p>
        <p className="text-ink-2">{t('clone.split.attacker', name)}</p>
        {!split.isPending && <ActProblem problem={split.problem} />}
      </ConfirmDialog>
    </div>
  );
}
