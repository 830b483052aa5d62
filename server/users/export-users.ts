import type { z } from 'zod';
import { formatsOf } from '../list/export';
import { exported, exportList } from '../list/export-list';
import type { SignedIn } from '../trpc';
import { userFilter, userList, userQuery, userRow } from './find-users';
import type { UserRow } from './user-schema';

const { sort, direction } = userQuery.shape;
export const userExport = userFilter.extend({ sort, direction, ...exported });

export const USER_FORMATS = formatsOf<UserRow>([
  'id',
  'email',
  'name',
  'role',
  'language',
  'state',
  'lockedUntil',
  'createdAt',
  'lastSignInAt',
  'deactivatedAt',
]);

/** The users, as `exportList`. */
export function exportUsers(
  ctx: SignedIn,
  { sort, direction, format, ...filter }: z.infer<typeof userExport>,
  now = new Date(),
) {
  return exportList(ctx, {
    list: userList,
    context: (caller) => ({ ...caller, now }),
    asked: { format, filter, sort, direction },
    row: userRow,
    formats: USER_FORMATS,
    permission: 'users.read',
    action: 'user.export',
    after: { format, sort, direction, ...filter },
  });
}
