import { redirect, type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs } from '@remix-run/node';
import { act as doAct } from '../forms/act.server';

/** Does one thing to the host of the address. */
export const act = (
  args: ActionFunctionArgs,
  run: (hosts: AppLoadContext['api']['hosts'], input: { hostId: string }, form: FormData) => Promise<unknown>,
  onwards = `/hosts/${args.params.hostId}`,
) => doAct(args, async () => run(args.context.api.hosts, { hostId: args.params.hostId! }, await args.request.formData()), onwards);

/** The address of an act, typed in or come back to, is the host's page. */
export const showHost = ({ params }: LoaderFunctionArgs) => redirect(`/hosts/${params.hostId}`);
