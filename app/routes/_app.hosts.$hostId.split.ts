import type { ActionFunctionArgs } from '@remix-run/node';
import { textOf } from '../forms/form-errors';
import { act, showHost } from '../hosts/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const loader = showHost;

/** `keep`: the connection whose machine stays the host. */
export const action = (args: ActionFunctionArgs) =>
  act(args, (hosts, host, form) => hosts.split({ ...host, keep: textOf(form, 'keep') }));
