import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { TagField } from '../../tags/tag-field';
import type { HostDetail } from '../host-types';
import { EditableSection } from './editable-section';

/** The tags of a host. Each leads to the hosts that have it too. */
export function HostTags({ host }: { host: HostDetail }) {
  const { t } = useTranslation();
  return (
    <EditableSection
      host={host}
      title={t('host.tags')}
      edit={t('host.editTags', { host: host.fqdn })}
      said={
        host.tags.length > 0 && (
          <ul className="flex flex-wrap gap-2">
            {host.tags.map((tag) => (
              <li key={tag}>
                <Link
                  to={`/hosts?${new URLSearchParams({ filter: `tags has "${tag.replace(/["\\]/g, '\\$&')}"` })}`}
                  className="mono inline-block rounded-4 border border-line px-2 py-0.5 text-12 wrap-anywhere hover:underline"
                >
                  {tag}
                </Link>
              </li>
            ))}
          </ul>
        )
      }
      nothing={t('host.noTags')}
      name="tags"
      field={
        <TagField
          isList
          name="tags"
          label={t('host.tags')}
          description={t('host.tagsHelp')}
          defaultValue={host.tags.join(', ')}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button that was pressed for it
          autoFocus
        />
      }
    />
  );
}
