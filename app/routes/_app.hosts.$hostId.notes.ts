import type { ActionFunctionArgs } from '@remix-run/node';
import { textOf } from '../forms/form-errors';
import { act, showHost } from '../hosts/act.server';

export { keepPageOfAct as clientAction } from '../forms/keep-page';

export const loader = showHost;

export const action = (args: ActionFunctionArgs) =>
  // Browsers send the ends of lines as CRLF (HTML standard, "constructing the form data set").
  act(args, (hosts, host, form) => hosts.update({ ...host, notes: textOf(form, 'notes').replaceAll('\r\n', '\n').trim() }));
