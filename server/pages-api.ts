import { data, redirect } from '@remix-run/node';
import { TRPCError } from '@trpc/server';
import { appErrorCode, type AppErrorCode, httpStatusOf, issuesOf, retryAfterOf } from './errors';
import { logProcedureError } from './log';
import { type Api, appRouter, createCaller } from './router';
import type { Context } from './context';

/**
 * The procedures, bound to one page request. What they refuse becomes what Remix shows: a page that needs a session
 * leads to the sign-in, anything else is `data({ code, requestId, issues: issuesOf(error), retryAfterSeconds }, {
 * status })` for an error boundary or a form.
 */
export function pagesApi(context: Context, path: string): Api {
  const caller = createCaller(context, { onError: (failure) => logProcedureError(context.log, failure) });
  return mapErrors(caller, (error) => {
    if (!(error instanceof TRPCError)) return error;
    const code = appErrorCode(error);
    if (code === 'auth.required') return redirect(`/sign-in?next=${encodeURIComponent(path)}`);
    const retryAfterSeconds = retryAfterOf(error);
    const headers = retryAfterSeconds === null ? undefined : { 'Retry-After': String(retryAfterSeconds) };
    return data(
      { code, requestId: context.requestId, issues: issuesOf(error), retryAfterSeconds },
      { status: httpStatusOf(error), headers },
    );
  });
}

/**
 * The mutation of that path, for pages that do what a form names: the guard and the schema of the procedure judge it.
 * Anything else is not found, reads too: a form changes something.
 */
export function pagesAct(api: Api) {
  return async (path: string, input: unknown): Promise<unknown> => {
    const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
    if (!Object.hasOwn(procedures, path) || procedures[path]!._def.type !== 'mutation') {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is how Remix is told what to show
      throw data({ code: 'request.unknown' satisfies AppErrorCode }, { status: 404 });
    }
    const procedure = path.split('.').reduce<unknown>((tree, name) => (tree as Record<string, unknown>)[name], api);
    return (procedure as (input: unknown) => Promise<unknown>)(input);
  };
}

/**
 * The same callable tree, with every rejection passed through `map`. The caller is a proxy itself, so each step is
 * wrapped as it is taken.
 */
function mapErrors<Tree extends object>(tree: Tree, map: (error: unknown) => unknown): Tree {
  return new Proxy(tree, {
    get: (target, key) => mapErrors(Reflect.get(target, key) as object, map),
    apply: async (target, _this, args: unknown[]) => {
      try {
        return await (target as unknown as (...args: unknown[]) => Promise<unknown>)(...args);
      } catch (error) {
        throw map(error);
      }
    },
  });
}
