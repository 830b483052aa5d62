import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { TagField } from '../../tags/tag-field';
import type { HostDetail } from '../host-types';
import { EditableSection } from './editable-section';

/** The tags of a host, by whom they are said. Each leads to the hosts that have it too. */
export function HostTags({ host }: { host: HostDetail }) {
  const { t } = useTranslation();
  const { tags, agentTags } = host;
  const giving = host.fleets.filter((fleet) => fleet.tags.length > 0);
  return (
    <EditableSection
      host={host}
      title={t('host.tags')}
      edit={t('host.editTags', { host: host.fqdn })}
      said={
        tags.length + agentTags.length + giving.length > 0 && (
          <div className="flex flex-col gap-3">
            {tags.length > 0 && <Tags tags={tags} />}
            {agentTags.length > 0 && (
              <div className="flex flex-col gap-1">
                <h3 id="agent-tags" className="text-12 text-ink-2">
                  {t('host.agentTags')}
                </h3>
                <Tags tags={agentTags} labelledBy="agent-tags" field="all_tags" />
              </div>
            )}
            {giving.map((fleet) => (
              <div key={fleet.id} className="flex flex-col gap-1">
                <h3 id={`tags-${fleet.id}`} className="text-12 text-ink-2 wrap-anywhere">
                  {t('host.fleetTags', { fleet: fleet.name })}
                </h3>
                <Tags tags={fleet.tags} labelledBy={`tags-${fleet.id}`} fleetId={fleet.id} />
              </div>
            ))}
          </div>
        )
      }
      nothing={t('host.noTags')}
      name="tags"
      field={
        <TagField
          isList
          name="tags"
          label={t('host.tags')}
          description={agentTags.length > 0 ? t('host.tagsHelpBeside') : t('host.tagsHelp')}
          defaultValue={tags.join(', ')}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button that was pressed for it
          autoFocus
        />
      }
    />
  );
}

interface TagsProps {
  tags: readonly string[];
  /** By whom they are said, if it is not people. */
  labelledBy?: string;
  /** The fleet that gives them, by which its hosts are found: no filter reads them. */
  fleetId?: string;
  /** By which a filter finds them. */
  field?: 'tags' | 'all_tags';
}

function Tags({ tags, labelledBy, fleetId, field = 'tags' }: TagsProps) {
  const hostsWith = (tag: string): Record<string, string> =>
    fleetId ? { fleet: fleetId } : { filter: `${field} has "${tag.replace(/["\\]/g, '\\$&')}"` };
  return (
    <ul aria-labelledby={labelledBy} className="flex flex-wrap gap-2">
      {tags.map((tag) => (
        <li key={tag}>
          <Link
            to={`/hosts?${new URLSearchParams(hostsWith(tag))}`}
            className={`mono inline-block rounded-4 border border-line px-2 py-0.5 text-12 wrap-anywhere hover:underline
              ${labelledBy ? 'border-dashed' : ''}`}
          >
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  );
}
