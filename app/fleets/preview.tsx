import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { RulePreview } from './fleet-types';

/** Who would be in a fleet, who of them is new to it, and who would be in it no more. */
export function Preview({ preview }: { preview: RulePreview }) {
  const { t } = useTranslation();
  const { entering, leaving } = preview;
  return (
    <div role="status" className="flex flex-col gap-2 rounded-4 bg-sunken px-4 py-3 text-13">
      <p className="font-semibold">{t('fleet.preview.total', { count: preview.total })}</p>
      <Some
        title={
          entering.total ? t('fleet.preview.entering', { count: entering.total }) : t('fleet.preview.nobodyEnters')
        }
        of={entering}
      />
      <Some
        title={leaving.total ? t('fleet.preview.leaving', { count: leaving.total }) : t('fleet.preview.nobodyLeaves')}
        of={leaving}
      />
    </div>
  );
}

function Some({ title, of: { total, hosts } }: { title: string; of: RulePreview['entering'] }) {
  const { t } = useTranslation();
  return (
    <div>
      <p className="text-ink-2">{title}</p>
      {hosts.length > 0 && (
        <ul className="flex flex-wrap gap-x-3">
          {hosts.map(({ id, fqdn }) => (
            <li key={id}>
              <Link to={`/hosts/${id}`} className="link wrap-anywhere">
                <bdi>{fqdn}</bdi>
              </Link>
            </li>
          ))}
          {total > hosts.length && <li>{t('fleet.preview.more', { count: total - hosts.length })}</li>}
        </ul>
      )}
    </div>
  );
}
