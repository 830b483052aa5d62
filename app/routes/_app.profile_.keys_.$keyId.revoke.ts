import { redirect, type ActionFunctionArgs } from '@remix-run/node';
import { act } from '../forms/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const loader = () => redirect('/profile/keys');

export const action = (args: ActionFunctionArgs) =>
  act(args, () => args.context.api.apiKeys.revoke({ keyId: args.params.keyId! }), '/profile/keys');
