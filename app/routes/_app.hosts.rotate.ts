import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import { keepPage } from '../forms/keep-page';
import { asProblem, type Problem } from '../forms/problem';

export interface RotationResult {
  problem: Problem | null;
  /** How many hosts were asked. */
  requested: number;
}

/** The address of the act, typed in or come back to, is the list. */
export const loader = () => redirect('/hosts');

/** Asks the hosts of the form for new certificates: `all`, or those in `hostIds`, with commas between. */
export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const given = form.get('hostIds');
  const hostIds = typeof given === 'string' ? given.split(',') : [];
  try {
    const { requested } = await api.hosts.rotateCertificate(form.has('all') ? { all: true } : { hostIds });
    return data<RotationResult>({ problem: null, requested });
  } catch (thrown) {
    const problem = asProblem(thrown);
    return data<RotationResult>({ problem, requested: 0 }, { status: problem.status });
  }
}

export const clientAction = keepPage(({ problem }): RotationResult => ({ problem, requested: 0 }));
