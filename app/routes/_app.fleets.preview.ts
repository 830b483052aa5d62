import type { LoaderFunctionArgs } from '@remix-run/node';
import { ruleFaultOf } from '../rules/rule-fault';

/** Who would be in a fleet with the rule that is being written, or what is wrong with that. It is no page. */
export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const rule = (searchParams.get('rule') ?? '').trim();
  try {
    const preview = await api.fleets.preview({ rule, fleetId: searchParams.get('fleetId') ?? undefined });
    return { rule, preview, fault: null };
  } catch (refusal) {
    return { rule, preview: null, fault: ruleFaultOf(refusal) };
  }
}
