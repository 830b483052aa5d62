import { Link, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { columnSorting } from '../ui/list/sorting';
import { Cell, Column, HeadCell, Row, SortColumn, Table } from '../ui/list/table';
import { userQuery } from './list-query';
import { UserState } from './user-state';
import { nameOf, type UserRow } from './user-types';

export function UserTable({ users, me }: { users: UserRow[]; me: string | undefined }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const sorting = columnSorting({
    query: userQuery.read(params),
    natural: userQuery.natural,
    link: (order) => userQuery.link(params, order),
  });
  return (
    <Table
      label={t('users.table')}
      head={
        <>
          <SortColumn {...sorting('name')}>{t('users.column.person')}</SortColumn>
          <Column>{t('users.column.role')}</Column>
          <Column>{t('users.column.state')}</Column>
          <SortColumn {...sorting('lastSignIn')}>{t('users.column.lastSignIn')}</SortColumn>
        </>
      }
    >
      {users.map((user) => (
        <Row
          key={user.id}
          className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
        >
          <HeadCell>
            <Link to={`/users/${user.id}`} data-row="" className="font-semibold wrap-anywhere hover:underline">
              <bdi>{nameOf(user)}</bdi>
            </Link>
            {user.id === me && <span className="text-ink-2"> ({t('users.you')})</span>}
            {user.name && <span className="block text-12 text-ink-2 wrap-anywhere">{user.email}</span>}
          </HeadCell>
          <Cell className="max-sm:justify-self-end">{t(`role.${user.role}`)}</Cell>
          <Cell>
            <UserState state={user.state} />
          </Cell>
          <Cell className="text-ink-2 max-sm:justify-self-end">
            {user.lastSignInAt ? <RelativeTime at={user.lastSignInAt} /> : t('users.never')}
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
