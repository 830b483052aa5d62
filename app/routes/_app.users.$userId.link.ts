import { data, type ActionFunctionArgs } from '@remix-run/node';
import { keepPage } from '../forms/keep-page';
import { asProblem, type Problem } from '../forms/problem';
import { showUser } from '../users/act.server';
import { linkFor, type LinkToHandOver } from '../users/one-time-link';

export interface LinkResult {
  problem: Problem | null;
  link: LinkToHandOver | null;
}

export const loader = showUser;

export async function action({ request, params, context: { api } }: ActionFunctionArgs) {
  try {
    const link = await api.users.renewLink({ userId: params.userId! });
    return data<LinkResult>({ problem: null, link: linkFor(request.url, link) });
  } catch (thrown) {
    const problem = asProblem(thrown);
    return data<LinkResult>({ problem, link: null }, { status: problem.status });
  }
}

export const clientAction = keepPage(({ problem }): LinkResult => ({ problem, link: null }));
