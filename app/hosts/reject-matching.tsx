import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/dialog';
import { TextField } from '../ui/fields/text-field';
import type { WaitingQuery } from './host-types';

interface Props {
  query: WaitingQuery;
  /** When the page was read: whoever asked later is not decided on. */
  readAt: string;
  /** How many match on all pages. */
  total: number;
}

/** More than these are too many to have been looked at one by one: their number is to be typed. */
const TYPED_FROM = 10;

/** Turns away all that wait and match, after asking for their number. */
export function RejectMatching({ query, readAt, total }: Props) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const { cursor: _, ...filter } = query;
  const { submit, isPending, problem } = useAct('hosts.rejectMatching', {
    done: ({ rejected }) => t('waiting.rejectedAll', { count: rejected }),
    onDone: () => setAsking(false),
  });
  const may = usePermissions();
  const isConfirmed = total <= TYPED_FROM || typed.trim() === String(total);
  if ((total < 2 && !isAsking) || !may.has('hosts.approve')) return null;
  return (
    // Over the edges of the heading's line, which alone makes its height: it comes and goes, and nothing may move.
    <div className="-my-2 pointer-coarse:-my-3">
      <Button
        look="plain"
        onPress={() => {
          setTyped('');
          setAsking(true);
        }}
      >
        {t('waiting.rejectAll')}
      </Button>
      <ConfirmDialog
        title={t('waiting.rejectAllTitle', { count: total })}
        isOpen={isAsking}
        onOpenChange={setAsking}
        verb={t('waiting.rejectAllVerb', { count: total })}
        cancel={t('act.cancel')}
        isPending={isPending}
        isDisabled={!isConfirmed}
        onConfirm={() => submit({ ...filter, before: readAt })}
      >
        <p>{t('waiting.rejectAllText')}</p>
        <p className="text-ink-2">{t('waiting.rejectAllBack')}</p>
        {total > TYPED_FROM && (
          <TextField
            name="number"
            label={t('waiting.rejectAllNumber', { count: total })}
            inputMode="numeric"
            autoComplete="off"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {!isPending && <ActProblem problem={problem} />}
      </ConfirmDialog>
    </div>
  );
}
