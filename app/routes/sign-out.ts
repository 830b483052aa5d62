import { redirect, type ActionFunctionArgs } from '@remix-run/node';

/** Typed in as an address it changes nothing: a link on a foreign page must not sign anybody out. */
export const loader = () => redirect('/');

export async function action({ context }: ActionFunctionArgs) {
  await context.api.users.signOut();
  return redirect('/sign-in');
}
