import { Link } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../../forms/act-problem';
import { usePermissions } from '../../permissions';
import { useAct } from '../../forms/use-act';
import { jobForHosts, MOST_CHOSEN } from '../../jobs/job-link';
import { Button, buttonClass } from '../../ui/button';
import { ConfirmDialog } from '../../ui/dialog';
import type { HostRow } from '../host-types';

interface Props {
  selected: ReadonlySet<string>;
  /** What the page knows of them. */
  hosts: ReadonlyMap<string, HostRow>;
  /** How many hosts are approved. */
  approved: number;
  onClear: () => void;
}

/** What can be done with the selected hosts, or with all; from below, while any is selected. */
export default function SelectionBar({ selected, hosts, approved, onClear }: Props) {
  const { t, i18n } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const { submit, isPending, problem } = useAct('hosts.rotateCertificate', {
    done: ({ requested }) => t('done.rotateMany', { count: requested }),
    onDone: () => setAsking(false),
  });
  const may = usePermissions();
  if (!may.has('certificates.rotate')) return null;
  const renewing = [...selected].filter((id) => hosts.get(id)?.renewalRequestedAt).length;
  return (
    <section
      aria-label={t('selection.label')}
      className="sticky bottom-0 z-20 flex animate-rise flex-wrap items-center gap-x-4 gap-y-2 rounded-t-8 border
        border-line bg-raised px-4 py-2 text-13 shadow-float max-sm:bottom-14"
    >
      <p role="status" className="grow">
        {t('selection.count', { count: selected.size })}
        {renewing > 0 && <span className="text-ink-2">{` · ${t('selection.renewing', { count: renewing })}`}</span>}
      </p>
      <div className="flex flex-wrap gap-2">
        {selected.size <= MOST_CHOSEN ? (
          <Link {...jobForHosts(selected)} className={buttonClass('quiet')}>
            {t('jobs.selected', { count: selected.size })}
          </Link>
        ) : (
          <span className="self-center text-ink-2">
            {t('selection.tooMany', { figure: MOST_CHOSEN.toLocaleString(i18n.language) })}
          </span>
        )}
        <Button isPending={isPending && !isAsking} onPress={() => submit({ hostIds: [...selected] })}>
          {t('selection.rotate')}
        </Button>
        <Button look="plain" onPress={() => setAsking(true)}>
          {t('selection.rotateAll')}
        </Button>
        <Button look="plain" onPress={onClear}>
          {t('selection.clear')}
        </Button>
      </div>
      {!isPending && <ActProblem problem={problem} />}
      <ConfirmDialog
        title={t('confirm.rotate.title', { count: approved })}
        isOpen={isAsking}
        onOpenChange={setAsking}
        verb={t('confirm.rotate.verb', { count: approved })}
        cancel={t('act.cancel')}
        isPending={isPending}
        onConfirm={() => submit({ all: true })}
      >
        <p>{t('confirm.rotate.text')}</p>
      </ConfirmDialog>
    </section>
  );
}
