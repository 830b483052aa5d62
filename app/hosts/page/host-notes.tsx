import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../../forms/act-problem';
import { useOpenIfTyped } from '../../forms/keep-typed';
import { addressOf } from '../../forms/use-act';
import { usePermissions } from '../../permissions';
import { Button } from '../../ui/button';
import { Section } from '../../ui/section';
import { TextArea } from '../../ui/fields/text-area';
import type { HostDetail } from '../host-types';
import { useHostAct } from '../use-host-act';

/** What people want each other to know of a host. Who may only look sees it when there is something to see. */
export function HostNotes({ host }: { host: HostDetail }) {
  const { t } = useTranslation();
  const [isEditing, setEditing] = useState(false);
  // Whoever leaves the form comes back to the button that opened it, instead of to nowhere.
  const [wasEdited, setEdited] = useState(false);
  const mayEdit = usePermissions().has('hosts.update');
  useOpenIfTyped(addressOf('hosts.update', { hostId: host.id }), () => setEditing(true));
  if (!mayEdit && !host.notes) return null;
  return (
    <Section
      title={t('host.notes')}
      end={
        mayEdit &&
        !isEditing && (
          <div className="-me-3">
            <Button
              look="plain"
              // eslint-disable-next-line jsx-a11y/no-autofocus -- see above
              autoFocus={wasEdited}
              onPress={() => setEditing(true)}
              aria-label={t('host.editNotes', { host: host.fqdn })}
            >
              {t('act.edit')}
            </Button>
          </div>
        )
      }
    >
      {isEditing && mayEdit ? (
        <NotesForm
          host={host}
          onDone={() => {
            setEditing(false);
            setEdited(true);
          }}
        />
      ) : host.notes ? (
        <p className="whitespace-pre-wrap wrap-anywhere">{host.notes}</p>
      ) : (
        <p className="text-13 text-ink-2">{t('host.noNotes')}</p>
      )}
    </Section>
  );
}

function NotesForm({ host, onDone }: { host: HostDetail; onDone: () => void }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useHostAct(host, 'update', onDone);
  return (
    <Form {...form} className="flex flex-col gap-3">
      <TextArea
        name="notes"
        label={t('host.notesHelp')}
        defaultValue={host.notes}
        maxLength={4000}
        rows={5}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button that was pressed for it
        autoFocus
      />
      {!isPending && <ActProblem problem={problem} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onDone}>{t('act.cancel')}</Button>
        <Button type="submit" look="primary" isPending={isPending}>
          {t('act.save')}
        </Button>
      </div>
    </Form>
  );
}
