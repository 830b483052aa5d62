import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import type { ActResult } from '../hosts/act.server';
import { asProblem } from '../problem';

export async function action({ params, context }: ActionFunctionArgs) {
  try {
    await context.api.enrolmentTokens.revoke({ tokenId: params.tokenId! });
  } catch (thrown) {
    const problem = asProblem(thrown);
    return data<ActResult>({ problem }, { status: problem.status });
  }
  return data<ActResult>({ problem: null });
}

/** The address of an act, typed in or come back to, is the list's page. */
export const loader = () => redirect('/enrolment');
