import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import { asProblem, type Problem } from './problem';
import { safeNextPath } from './safe-next-path';

/** What an act comes to: what the procedure answered, or what went wrong. */
export interface ActResult<Answer = unknown> {
  problem: Problem | null;
  answer?: Answer;
}

/** Whether the browser sent a form by itself, before the page's script was there or without any. */
export const isDocument = (request: Request) => Boolean(request.headers.get('Accept')?.includes('text/html'));

/**
 * Calls the mutation of that path. Its input is what the address names (`?hostId=…`), what people typed into the form's
 * fields, and, for what is no text, the JSON in the field `input`. The procedure's own guard and schema judge all of
 * it.
 *
 * The page's script gets what went wrong, to show it beside the button. A form sent without it goes on to `next`.
 */
export async function act(path: string, { request, context }: Pick<ActionFunctionArgs, 'request' | 'context'>) {
  const { next, ...named } = Object.fromEntries(new URL(request.url).searchParams);
  const { input, ...typed } = Object.fromEntries(await request.formData());
  try {
    const answer = await context.act(path, { ...typed, ...parsed(input), ...named });
    return isDocument(request) ? redirect(safeNextPath(next)) : data<ActResult>({ problem: null, answer });
  } catch (thrown) {
    if (isDocument(request)) throw thrown;
    const problem = asProblem(thrown);
    return data<ActResult>({ problem }, { status: problem.status });
  }
}

/** Fields that are not there are refused by the procedure's schema, which says so better than a parser. */
function parsed(json: FormDataEntryValue | undefined): object {
  try {
    const value: unknown = typeof json === 'string' && JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
