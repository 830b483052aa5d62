import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../../forms/act-problem';
import { useOpenIfTyped } from '../../forms/keep-typed';
import { addressOf } from '../../forms/use-act';
import { usePermissions } from '../../permissions';
import { Button } from '../../ui/button';
import { Section } from '../../ui/section';
import type { HostDetail } from '../host-types';
import { useHostAct } from '../use-host-act';

interface Props {
  host: HostDetail;
  title: string;
  /** The accessible name of the button that opens the form. */
  edit: string;
  /** What people said; nothing while nobody has said anything. */
  said: ReactNode;
  /** Stands in its place then. */
  nothing: string;
  /** The name of the form's field. */
  name: string;
  /** The field. It takes the focus from the button that opened it. */
  field: ReactNode;
}

/** What people say of a host, and the form to change it. Who may only look sees it when there is something to see. */
export function EditableSection({ host, title, edit, said, nothing, name, field }: Props) {
  const { t } = useTranslation();
  const [isEditing, setEditing] = useState(false);
  // Whoever leaves the form comes back to the button that opened it, instead of to nowhere.
  const [wasEdited, setEdited] = useState(false);
  const mayEdit = usePermissions().has('hosts.update');
  useOpenIfTyped(addressOf('hosts.update', { hostId: host.id }), () => setEditing(true), [name]);
  if (!mayEdit && !said) return null;
  return (
    <Section
      title={title}
      end={
        mayEdit &&
        !isEditing && (
          <div className="-me-3">
            <Button
              look="plain"
              // eslint-disable-next-line jsx-a11y/no-autofocus -- see above
              autoFocus={wasEdited}
              onPress={() => setEditing(true)}
              aria-label={edit}
            >
              {t('act.edit')}
            </Button>
          </div>
        )
      }
    >
      {isEditing && mayEdit ? (
        <EditForm
          host={host}
          field={field}
          onDone={() => {
            setEditing(false);
            setEdited(true);
          }}
        />
      ) : (
        said || <p className="text-13 text-ink-2">{nothing}</p>
      )}
    </Section>
  );
}

function EditForm({ host, field, onDone }: Pick<Props, 'host' | 'field'> & { onDone: () => void }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useHostAct(host, 'update', onDone);
  return (
    <Form {...form} className="flex flex-col gap-3">
      {field}
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
