import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { auditLink } from '../audit/audit-query';
import { usePermissions } from '../permissions';
import { Section } from '../ui/section';
import type { UserRow } from './user-types';

/** The way to what the audit log has of somebody, for who may read it. */
export function UserRecords({ user: { id, email } }: { user: UserRow }) {
  const { t } = useTranslation();
  if (!usePermissions().has('audit.read')) return null;
  const records = [
    { text: t('user.records.by'), filter: { actor: email } },
    { text: t('user.records.about'), filter: { object: id } },
    { text: t('user.records.keys'), filter: { actor: email, action: 'apiKey.create' } },
  ];
  return (
    <Section title={t('user.records.title')}>
      <ul className="flex flex-col gap-1.5 text-13">
        {records.map(({ text, filter }) => (
          <li key={text}>
            <Link to={auditLink(new URLSearchParams(), filter)} className="link">
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
