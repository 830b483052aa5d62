import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { act } from '../forms/act.server';
import { safeNextPath } from '../forms/safe-next-path';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

/** Every act of every page: `POST /acts/hosts.approve?hostId=…`. */
export const action = (args: ActionFunctionArgs) => act(args.params.act!, args);

/** The address of an act, typed in or come back to, is the page it was on. */
export const loader = ({ request }: LoaderFunctionArgs) =>
  redirect(safeNextPath(new URL(request.url).searchParams.get('next')));
