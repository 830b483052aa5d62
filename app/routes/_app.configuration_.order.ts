import { data, type ActionFunctionArgs } from '@remix-run/node';
import { textOf } from '../forms/form-errors';
import { keepPage } from '../forms/keep-page';
import { asProblem, type Problem } from '../forms/problem';

type Preview = Awaited<ReturnType<ActionFunctionArgs['context']['api']['configuration']['previewOrder']>>;
interface Look {
  preview: Preview | null;
  problem: Problem | null;
}

/** What another order of the fleets would change. It is no page, and changes nothing. */
export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  try {
    const fleetIds = JSON.parse(textOf(form, 'fleetIds')) as string[];
    return data<Look>({ preview: await api.configuration.previewOrder({ fleetIds }), problem: null });
  } catch (thrown) {
    const problem = asProblem(thrown);
    return data<Look>({ preview: null, problem }, { status: problem.status });
  }
}

export const clientAction = keepPage<Look>(({ problem }) => ({ preview: null, problem }));
