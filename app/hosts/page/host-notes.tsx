import { useTranslation } from 'react-i18next';
import { TextArea } from '../../ui/fields/text-area';
import type { HostDetail } from '../host-types';
import { EditableSection } from './editable-section';

/** What people want each other to know of a host. */
export function HostNotes({ host }: { host: HostDetail }) {
  const { t } = useTranslation();
  return (
    <EditableSection
      host={host}
      title={t('host.notes')}
      edit={t('host.editNotes', { host: host.fqdn })}
      said={host.notes && <p className="whitespace-pre-wrap wrap-anywhere">{host.notes}</p>}
      nothing={t('host.noNotes')}
      name="notes"
      field={
        <TextArea
          name="notes"
          label={t('host.notesHelp')}
          defaultValue={host.notes}
          maxLength={4000}
          rows={5}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button that was pressed for it
          autoFocus
        />
      }
    />
  );
}
