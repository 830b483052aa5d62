import type { ActionFunctionArgs } from '@remix-run/node';
import { act, showHost } from '../hosts/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const loader = showHost;

export const action = (args: ActionFunctionArgs) => act(args, (hosts, host) => hosts.keep(host));
