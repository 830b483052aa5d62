import { data, redirect, type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs } from '@remix-run/node';
import { asProblem, type Problem } from '../problem';

export interface ActResult {
  problem: Problem | null;
}

/**
 * Does one thing to the host of the address. A page's script gets what went wrong, to show it beside the button;
 * a form sent before the script was there goes to `onwards`.
 */
export async function act(
  { request, params, context }: ActionFunctionArgs,
  run: (hosts: AppLoadContext['api']['hosts'], input: { hostId: string }, form: FormData) => Promise<unknown>,
  onwards = `/hosts/${params.hostId}`,
) {
  const isDocument = request.headers.get('Accept')?.includes('text/html');
  try {
    await run(context.api.hosts, { hostId: params.hostId! }, await request.formData());
  } catch (thrown) {
    if (isDocument) throw thrown;
    const problem = asProblem(thrown);
    return data<ActResult>({ problem }, { status: problem.status });
  }
  return isDocument ? redirect(onwards) : data<ActResult>({ problem: null });
}

/** The address of an act, typed in or come back to, is the host's page. */
export const showHost = ({ params }: LoaderFunctionArgs) => redirect(`/hosts/${params.hostId}`);
