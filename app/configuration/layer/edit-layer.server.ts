import { createHash } from 'node:crypto';
import { data, type ActionFunctionArgs } from '@remix-run/node';
import { textOf } from '../../forms/form-errors';
import { asProblem } from '../../forms/problem';
import type { LayerOf } from '../configuration-types';
import { type Edited, notLookedAt, type Sent, sentIn } from '../edited';
import { chosenIn, type Field } from '../fields';

/**
 * The action of a page that edits a layer: shows what saving would change, or saves. What changes any of many hosts is
 * saved when it was shown to how many.
 */
export async function editLayer({ request, context: { api } }: ActionFunctionArgs, of: LayerOf) {
  const form = await request.formData();
  const sent = sentIn(form);
  const calls = callsOf(api.configuration, of);
  try {
    const shown = await lookAt(calls, sent, chosenIn(form));
    const { preview } = shown;
    if (textOf(form, 'intent') !== 'save') return data<Edited>(shown);
    if (preview.issues.length > 0 || preview.conflicts.length > 0) return data<Edited>(shown, { status: 400 });
    // The page of a host says whom it is about.
    const isAboutMany = of === 'all' || 'fleetId' in of;
    if (isAboutMany && preview.hosts.changed > 0 && textOf(form, 'seen') !== shown.seen) return data<Edited>(shown);
    const { version } = await calls.save({ document: preview.text, message: sent.message, etag: sent.etag });
    return data<Edited>({ ...shown, sent: null, preview: null, seen: null, saved: version });
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.code !== 'configuration.changed_meanwhile')
      return data<Edited>(notLookedAt(sent, problem), { status: problem.status });
    // Whoever goes on has seen what the others made of it, and replaces that.
    const layer = await calls.find();
    const shown = await lookAt(calls, { ...sent, etag: layer.etag }, chosenIn(form));
    const meanwhile = { layer, before: await textAt(calls, sent.etag) };
    return data<Edited>({ ...shown, meanwhile, errors: { problem } }, { status: problem.status });
  }
}

/** What saving would change. Fields go into the text; where that is no YAML they wait beside it until it is. */
async function lookAt({ look }: Calls, sent: Sent, set: ReturnType<typeof chosenIn>) {
  const preview = await look({ text: sent.text, set });
  const isYaml = preview.issues.every(({ path }) => path !== '');
  const left = Object.entries(sent.fields).filter(([field]) => !isYaml && Object.hasOwn(set, field));
  const fields = Object.fromEntries(left) as Partial<Record<Field, { was: string; is: string }>>;
  const shown = { ...sent, text: preview.text, fields };
  const seen = createHash('sha256').update(`${preview.hosts.changed} ${preview.text}`).digest('base64url');
  return { sent: shown, preview, seen, saved: null, meanwhile: null, errors: null };
}

/** The text of the version that an edit began with; nobody had written 0. */
async function textAt({ versions }: Calls, etag: string): Promise<string> {
  const version = Number(/^"(\d{1,7})"$/.exec(etag)?.[1] ?? 0);
  if (version === 0) return '';
  return (await versions({ before: version + 1 })).versions[0]?.text ?? '';
}

type Api = ActionFunctionArgs['context']['api']['configuration'];
type Calls = ReturnType<typeof callsOf>;
interface Asked {
  text: string;
  set: ReturnType<typeof chosenIn>;
}
interface Change {
  document: string;
  message: string;
  etag: string;
}
interface Page {
  before: number;
}

function callsOf(api: Api, of: LayerOf) {
  if (of === 'all')
    return {
      find: () => api.global(),
      look: (asked: Asked) => api.previewGlobal(asked),
      save: (change: Change) => api.saveGlobal(change),
      versions: (page: Page) => api.globalVersions(page),
    };
  if ('hostId' in of)
    return {
      find: () => api.host(of),
      look: (asked: Asked) => api.previewHost({ ...of, ...asked }),
      save: (change: Change) => api.saveHost({ ...of, ...change }),
      versions: (page: Page) => api.hostVersions({ ...of, ...page }),
    };
  return {
    find: () => api.fleet(of),
    look: (asked: Asked) => api.previewFleet({ ...of, ...asked }),
    save: (change: Change) => api.saveFleet({ ...of, ...change }),
    versions: (page: Page) => api.fleetVersions({ ...of, ...page }),
  };
}
