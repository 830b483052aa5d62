import type { LoaderFunctionArgs } from '@remix-run/node';
import { diffLines, type DiffLine } from './diff-lines';
import { readAnsi } from './ansi';

type Api = LoaderFunctionArgs['context']['api'];
type Differences = Awaited<ReturnType<Api['commands']['differences']>>;

/**
 * How the output of a group differs from the most common one; null for that one itself, and for a group that is gone.
 */
export async function findDiff(
  api: Api,
  { commandId, output, groups }: { commandId: string; output: string | undefined; groups: Differences['groups'] },
): Promise<DiffLine[] | null> {
  const [common] = groups;
  const chosen = groups.find((group) => group.output === output);
  if (!common || !chosen || chosen === common) return null;
  const read = (hostId: string) => readText(api, { commandId, hostId });
  return diffLines(...(await Promise.all([read(common.hostId), read(chosen.hostId)])));
}

/** As much of the beginning of what a run wrote as one answer holds, without colours. */
async function readText(api: Api, run: { commandId: string; hostId: string }): Promise<string> {
  const { pieces } = await api.commands.output(run);
  const bytes = Buffer.concat(pieces.map(({ data }) => Buffer.from(data, 'base64')));
  return readAnsi(bytes.toString('utf8'))
    .map(({ text }) => text)
    .join('');
}
