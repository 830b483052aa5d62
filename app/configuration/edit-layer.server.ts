import { data, type ActionFunctionArgs } from '@remix-run/node';
import { textOf } from '../forms/form-errors';
import { asProblem } from '../forms/problem';
import type { LayerOf } from './configuration-types';
import { chosenIn } from './fields';
import { type Edited, sentIn } from './edited';

/** The action of a page that edits a layer: shows what saving would change, or saves. */
export async function editLayer({ request, context: { api } }: ActionFunctionArgs, of: LayerOf) {
  const form = await request.formData();
  const sent = sentIn(form);
  const { preview: look, save } = callsOf(api.configuration, of);
  try {
    const preview = await look({ text: sent.text, set: chosenIn(form) });
    const shown = { sent: { ...sent, text: preview.text }, preview, saved: null, problem: null };
    if (textOf(form, 'intent') !== 'save') return data<Edited>(shown);
    if (preview.issues.length > 0 || preview.conflicts.length > 0) return data<Edited>(shown, { status: 400 });
    const { version } = await save({ document: preview.text, message: sent.message, etag: sent.etag });
    return data<Edited>({ sent: null, preview: null, saved: version, problem: null });
  } catch (thrown) {
    const problem = asProblem(thrown);
    return data<Edited>({ sent, preview: null, saved: null, problem }, { status: problem.status });
  }
}

type Calls = ActionFunctionArgs['context']['api']['configuration'];
interface Asked {
  text: string;
  set: ReturnType<typeof chosenIn>;
}
interface Change {
  document: string;
  message: string;
  etag: string;
}

function callsOf(calls: Calls, of: LayerOf) {
  if (of === 'all') return { preview: calls.previewGlobal, save: calls.saveGlobal };
  if ('hostId' in of)
    return {
      preview: (asked: Asked) => calls.previewHost({ ...of, ...asked }),
      save: (change: Change) => calls.saveHost({ ...of, ...change }),
    };
  return {
    preview: (asked: Asked) => calls.previewFleet({ ...of, ...asked }),
    save: (change: Change) => calls.saveFleet({ ...of, ...change }),
  };
}
