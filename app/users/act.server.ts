import { redirect, type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs } from '@remix-run/node';
import { act as doAct } from '../forms/act.server';

/** Does one thing to the user of the address. */
export const act = (
  args: ActionFunctionArgs,
  run: (users: AppLoadContext['api']['users'], input: { userId: string }) => Promise<unknown>,
  onwards = `/users/${args.params.userId}`,
) => doAct(args, () => run(args.context.api.users, { userId: args.params.userId! }), onwards);

/** The address of an act, typed in or come back to, is the user's page. */
export const showUser = ({ params }: LoaderFunctionArgs) => redirect(`/users/${params.userId}`);
