import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useNavigate, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { commandKinds, failedStates } from '../commands/command-types';
import { fieldsOf, writeParameters } from '../commands/form-fields';
import { MOST_AT_ONCE, readKind, readRunForm, typedCount, typedIn } from '../commands/read-run-form';
import { RunForm, type RunAnswer } from '../commands/run-form';
import { errorsOf } from '../commands/run-form-errors';
import { textOf } from '../forms/form-errors';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import { useAnswer } from '../forms/use-answer';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { SelectField } from '../ui/fields/select-field';
import { useCount } from '../ui/figures/use-count';

export const handle: PageHandle = { title: (t) => t('commands.run') };

type Api = LoaderFunctionArgs['context']['api'];

async function findFields(api: Api, kind: string) {
  const { kinds } = await api.commands.kinds();
  return fieldsOf(kinds.find((one) => one.kind === kind)?.parameters ?? {});
}

/** As many as a list of choices can be read. */
const MOST_FLEETS = 200;

export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const { fleets } = await api.fleets.list({ limit: MOST_FLEETS });
  return { fleets: fleets.map(({ id, name }) => ({ id, name })), ...(await findStart(new URL(request.url), api)) };
}

async function findStart({ searchParams }: URL, api: Api) {
  const again = searchParams.get('again');
  if (again) return startAgain(api, again, searchParams.get('runs') === 'failed');
  const kind = readKind(searchParams.get('kind'));
  const hostIds = searchParams.get('hosts');
  const fleetId = searchParams.get('fleet');
  const start = hostIds ? { on: 'hostIds', hostIds } : fleetId ? { on: 'fleetId', fleetId } : {};
  return { kind, fields: await findFields(api, kind), start };
}

/** The form as it was filled in for another command, for all of its hosts or for those where it failed. */
async function startAgain(api: Api, commandId: string, isOfFailed: boolean) {
  const [command, { squares }] = await Promise.all([
    api.commands.byId({ commandId }),
    api.commands.page({ commandId }),
  ]);
  const kind = readKind(command.kind);
  const fields = await findFields(api, kind);
  const hosts = squares.filter(({ state }) => !isOfFailed || failedStates.some((failed) => failed === state));
  const start = {
    ...writeParameters(fields, command.parameters),
    ...{ on: 'hostIds', hostIds: hosts.map(({ hostId }) => hostId).join(' ') },
    timeoutSeconds: String(command.timeoutSeconds),
  };
  return { kind, fields, start };
}

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const kind = readKind(textOf(form, 'kind') || new URL(request.url).searchParams.get('kind'));
  const fields = await findFields(api, kind);
  const typed = typedIn(fields, form);
  try {
    const { timeoutSeconds, expiresAt, ...draft } = readRunForm(kind, fields, form, Date.now());
    if (textOf(form, 'intent') !== 'send') {
      return { typed, preview: await api.commands.preview(draft), errors: null } satisfies RunAnswer;
    }
    const targetCount = Number(textOf(form, 'targetCount'));
    // The button is not to be had before; a browser without a script has it all the same.
    if (targetCount > MOST_AT_ONCE && textOf(form, typedCount).trim() !== String(targetCount)) {
      const errors = { fields: { [typedCount]: 'command.countWrong' as const }, problem: null };
      const preview = await api.commands.preview(draft);
      return data({ typed, preview, errors } satisfies RunAnswer, { status: 400 });
    }
    const { id } = await api.commands.send({ ...draft, timeoutSeconds, expiresAt, targetCount });
    return redirect(`/commands/${id}`);
  } catch (thrown) {
    const errors = errorsOf(thrown, fields);
    return data({ typed, preview: null, errors } satisfies RunAnswer, { status: errors.problem?.status ?? 400 });
  }
}

export const clientAction = keepPage((errors, form): RunAnswer => ({
  typed: Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  preview: null,
  errors,
}));

export const shouldRevalidate = reloadIfAnswered;

export default function RunPage() {
  const { t } = useTranslation();
  const { kind, fields, fleets, start } = useLoaderData<typeof loader>();
  const answer = useAnswer<typeof action>();
  const answers = useCount(answer);
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const may = usePermissions();
  const kinds = commandKinds.filter((one) => one !== 'execute_shell' || may.has('commands.shell') || one === kind);
  return (
    <div className="flex flex-col gap-6">
      <h1 className="text-20 font-semibold">{t('commands.run')}</h1>
      <div className="max-w-md">
        <SelectField
          name="kind"
          label={t('commands.kind')}
          value={kind}
          options={kinds.map((one) => ({ value: one, text: t(`command.kind.${one}`) }))}
          onChange={(chosen) => {
            const next = new URLSearchParams({ kind: chosen });
            for (const name of ['hosts', 'fleet']) if (params.has(name)) next.set(name, params.get(name)!);
            navigate(`/commands/new?${next}`, { replace: true });
          }}
        />
      </div>
      <RunForm key={`${kind} ${answers}`} kind={kind} fields={fields} fleets={fleets} start={start} answer={answer} />
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return <PageProblem notFound={{ title: t('problem.notFound.command'), text: t('problem.notFound.commandText') }} />;
}
