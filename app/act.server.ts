import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import { asProblem, type Problem } from './problem';

export interface ActResult {
  problem: Problem | null;
}

/**
 * Does one thing. A page's script gets what went wrong, to show it beside the button; a form sent before the script was
 * there goes to `onwards`.
 */
export async function act({ request }: ActionFunctionArgs, run: () => Promise<unknown>, onwards: string) {
  const isDocument = request.headers.get('Accept')?.includes('text/html');
  try {
    await run();
  } catch (thrown) {
    if (isDocument) throw thrown;
    const problem = asProblem(thrown);
    return data<ActResult>({ problem }, { status: problem.status });
  }
  return isDocument ? redirect(onwards) : data<ActResult>({ problem: null });
}
