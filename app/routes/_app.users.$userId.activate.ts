import type { ActionFunctionArgs } from '@remix-run/node';
import { act, showUser } from '../users/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const loader = showUser;

export const action = (args: ActionFunctionArgs) => act(args, (users, user) => users.activate(user));
