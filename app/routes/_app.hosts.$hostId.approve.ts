import type { ActionFunctionArgs } from '@remix-run/node';
import { textOf } from '../forms/form-errors';
import { act, showHost } from '../hosts/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const loader = showHost;

/** `fqdn`: the name it gets, when that is to be another than the one it came with. */
export const action = (args: ActionFunctionArgs) =>
  act(args, (hosts, host, form) => hosts.approve({ ...host, fqdn: textOf(form, 'fqdn').trim().toLowerCase() || undefined }));
