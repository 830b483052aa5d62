import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { DangerButton } from '../forms/danger-button';
import { useOpenIfTyped } from '../forms/keep-typed';
import { addressOf } from '../forms/use-act';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/fields/text-field';
import type { HostRow } from '../hosts/host-types';
import { useHostAct } from '../hosts/use-host-act';

interface Props {
  newcomer: HostRow;
  known: { id: string };
  /** Kept while an act is under way: the live stream may tell of it before its own answer is here. */
  isOffered: boolean;
  onReplaced: (knownId: string) => void;
}

/**
 * What can become of a newcomer under a known name: turned away, put in the known one's place, or a host of its own.
 */
export function ConflictActs({ newcomer, known, isOffered, onReplaced }: Props) {
  const { t } = useTranslation();
  const keep = useHostAct(newcomer, 'keep');
  const [isNaming, setNaming] = useState(false);
  const may = usePermissions();
  useOpenIfTyped(addressOf('hosts.approve', { hostId: newcomer.id }), () => setNaming(true));
  const name = { host: newcomer.fqdn };
  const isOpen = isOffered || keep.isPending;
  if (!may.has('hosts.approve')) return null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {isOpen && (
          <keep.Form {...keep.form}>
            <Button type="submit" look="primary" isPending={keep.isPending}>
              {t('act.keepKnown')}
            </Button>
          </keep.Form>
        )}
        <DangerButton
          label={t('act.replaceKnown')}
          name={t('act.replaceKnown')}
          verb={t('conflict.replace.verb', name)}
          title={t('conflict.replace.title', name)}
          act="hosts.replace"
          on={{ hostId: newcomer.id }}
          done={t('done.replace', name)}
          onDone={() => onReplaced(known.id)}
          isOffered={isOpen}
        >
          <p>{t('conflict.replace.text', name)}</p>
          <p className="text-ink-2">{t('conflict.replace.back')}</p>
        </DangerButton>
        {isOpen && <Button onPress={() => setNaming(true)}>{t('act.otherName')}</Button>}
      </div>
      {!keep.isPending && <ActProblem problem={keep.problem} />}
      <Dialog title={t('conflict.other.title')} isOpen={isNaming} onOpenChange={setNaming}>
        <OtherName newcomer={newcomer} onDone={() => setNaming(false)} />
      </Dialog>
    </div>
  );
}

function OtherName({ newcomer, onDone }: { newcomer: HostRow; onDone: () => void }) {
  const { t } = useTranslation();
  const approve = useHostAct(newcomer, 'approve', onDone);
  const isWrong = approve.problem?.issues.some(({ path }) => path === 'fqdn') ?? false;
  return (
    <approve.Form {...approve.form} className="flex flex-col gap-4" noValidate>
      <p className="text-ink-2">{t('conflict.other.text')}</p>
      <TextField
        name="fqdn"
        label={t('conflict.other.name')}
        defaultValue={newcomer.fqdn}
        required
        error={isWrong && !approve.isPending ? t('conflict.other.invalid') : undefined}
      />
      {!approve.isPending && !isWrong && <ActProblem problem={approve.problem} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onDone}>{t('act.cancel')}</Button>
        <Button type="submit" look="primary" isPending={approve.isPending}>
          {t('conflict.other.verb')}
        </Button>
      </div>
    </approve.Form>
  );
}
