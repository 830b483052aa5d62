import type { LoaderFunctionArgs } from '@remix-run/node';
import { ruleFaultOf } from '../rules/rule-fault';

/** The parts of a rule that is being written, or what is wrong with it. It is no page. */
export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const text = (new URL(request.url).searchParams.get('rule') ?? '').trim();
  try {
    return { text, read: await api.rules.read({ rule: text }), fault: null };
  } catch (refusal) {
    return { text, read: null, fault: ruleFaultOf(refusal) };
  }
}
