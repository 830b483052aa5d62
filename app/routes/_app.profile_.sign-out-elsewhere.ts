import { redirect, type ActionFunctionArgs } from '@remix-run/node';
import { act } from '../forms/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const loader = () => redirect('/profile');

export const action = (args: ActionFunctionArgs) => act(args, () => args.context.api.profile.signOutElsewhere(), '/profile');
