import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { auditLink } from '../audit/audit-query';
import { usePermissions } from '../permissions';
import { Section } from '../ui/section';
import type { UserRow } from './user-types';

const recordsLink = (filter: Parameters<typeof auditLink>[1]) => auditLink(new URLSearchParams(), filter);

export const keysMadeLink = ({ email }: UserRow) => recordsLink({ actor: email, action: 'apiKey.create' });

/** The way to what the audit log has of somebody, for who may read it. */
export function UserRecords({ user }: { user: UserRow }) {
  const { t } = useTranslation();
  if (!usePermissions().has('audit.read')) return null;
  const records = [
    { text: t('user.records.by'), to: recordsLink({ actor: user.email }) },
    { text: t('user.records.about'), to: recordsLink({ object: user.id }) },
    { text: t('user.records.keys'), to: keysMadeLink(user) },
  ];
  return (
    <Section title={t('user.records.title')}>
      <ul className="flex flex-col gap-1.5 text-13">
        {records.map(({ text, to }) => (
          <li key={text}>
            <Link to={to} className="link">
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
