import { Link } from '@remix-run/react';
import { useMe, usePermissions } from '../permissions';
import { Amount } from '../ui/figures/amount';
import { keysMadeLink } from './user-records';
import type { UserRow } from './user-types';

/**
 * How many of somebody's API keys work, and the way to them: one's own, or what is on record of those that another
 * made.
 */
export function WorkingKeys({ user, count }: { user: UserRow; count: number }) {
  const isMe = useMe()?.id === user.id;
  const mayReadAudit = usePermissions().has('audit.read');
  if (count === 0 || (!isMe && !mayReadAudit)) return <Amount of={count} />;
  return (
    <Link to={isMe ? '/profile/keys' : keysMadeLink(user)} className="link">
      <Amount of={count} />
    </Link>
  );
}
