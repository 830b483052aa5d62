import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import { asProblem, type Problem } from './problem';

export interface ActResult {
  problem: Problem | null;
}

/** Whether a form was sent by the browser itself, before the page's script was there or without any. */
export const isDocument = (request: Request) => Boolean(request.headers.get('Accept')?.includes('text/html'));

/**
 * Does one thing. A page's script gets what went wrong, to show it beside the button; a form sent before the script was
 * there goes to `onwards`.
 */
export async function act({ request }: ActionFunctionArgs, run: () => Promise<unknown>, onwards: string) {
  try {
    await run();
  } catch (thrown) {
    if (isDocument(request)) throw thrown;
    const problem = asProblem(thrown);
    return data<ActResult>({ problem }, { status: problem.status });
  }
  return isDocument(request) ? redirect(onwards) : data<ActResult>({ problem: null });
}
