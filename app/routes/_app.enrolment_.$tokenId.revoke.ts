import { redirect, type ActionFunctionArgs } from '@remix-run/node';
import { act } from '../forms/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const action = (args: ActionFunctionArgs) =>
  act(args, () => args.context.api.enrolmentTokens.revoke({ tokenId: args.params.tokenId! }), '/enrolment');

/** The address of an act, typed in or come back to, is the list's page. */
export const loader = () => redirect('/enrolment');
