import { data, type ActionFunctionArgs } from '@remix-run/node';
import { textOf } from '../forms/form-errors';
import { asProblem } from '../forms/problem';
import { chosenIn } from './fields';
import { type Edited, sentIn } from './edited';

/** The action of a page that edits a layer: shows what saving would change, or saves. Undefined: of all hosts. */
export async function editLayer({ request, context: { api } }: ActionFunctionArgs, hostId?: string) {
  const form = await request.formData();
  const sent = sentIn(form);
  const asked = { text: sent.text, set: chosenIn(form) };
  try {
    const preview = await (hostId === undefined
      ? api.configuration.previewGlobal(asked)
      : api.configuration.previewHost({ hostId, ...asked }));
    const shown = { sent: { ...sent, text: preview.text }, preview, saved: null, problem: null };
    if (textOf(form, 'intent') !== 'save') return data<Edited>(shown);
    if (preview.issues.length > 0) return data<Edited>(shown, { status: 400 });
    const change = { document: preview.text, message: sent.message, etag: sent.etag };
    const { version } = await (hostId === undefined
      ? api.configuration.saveGlobal(change)
      : api.configuration.saveHost({ hostId, ...change }));
    return data<Edited>({ sent: null, preview: null, saved: version, problem: null });
  } catch (thrown) {
    const problem = asProblem(thrown);
    return data<Edited>({ sent, preview: null, saved: null, problem }, { status: problem.status });
  }
}
