import { redirect, type ActionFunctionArgs } from '@remix-run/node';
import { act } from '../act.server';

export const loader = () => redirect('/profile');

export const action = (args: ActionFunctionArgs) => act(args, () => args.context.api.profile.signOutElsewhere(), '/profile');
