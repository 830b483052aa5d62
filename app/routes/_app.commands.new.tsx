import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useNavigate, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { commandKinds, failedStates, totalOf } from '../commands/command-types';
import { findFields } from '../commands/form/find-fields.server';
import { writeParameters } from '../commands/form/form-fields';
import { ParametersText } from '../commands/parameters-text';
import { MOST_AT_ONCE, readKind, readRunForm, typedCount, typedIn } from '../commands/form/read-run-form';
import { RunForm, type RunAnswer } from '../commands/form/run-form';
import { errorsOf } from '../commands/form/run-form-errors';
import { lostSecrets } from '../commands/form/typed-secrets';
import { textOf } from '../forms/form-errors';
import { isTypedAs } from '../forms/is-typed-as';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import { useAnswer } from '../forms/use-answer';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { defaultsOf, fieldsOfPlaceholders, valuesGiven } from '../saved-commands/placeholder-fields';
import type { SavedCommand } from '../saved-commands/saved-types';
import { SelectField } from '../ui/fields/select-field';

export const handle: PageHandle = { title: (t) => t('commands.run') };

type Api = LoaderFunctionArgs['context']['api'];

export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  return { fleets: await api.fleets.names({}), ...(await findStart(new URL(request.url), api)) };
}

/** What is run: a kind, or a saved command, and the fields for what is open in it. */
async function findWhat(api: Api, asked: { kind: string | null; saved: string | null }) {
  if (asked.saved) {
    const saved = await api.savedCommands.byId({ savedCommandId: asked.saved });
    return { kind: readKind(saved.kind), saved, fields: fieldsOfPlaceholders(saved) };
  }
  const kind = readKind(asked.kind);
  return { kind, saved: null, fields: await findFields(api, kind) };
}

async function findStart({ searchParams }: URL, api: Api) {
  const saved = searchParams.get('saved');
  const again = searchParams.get('again');
  if (again) return startAgain(api, again, { saved, isOfFailed: searchParams.get('runs') === 'failed' });
  const what = await findWhat(api, { kind: searchParams.get('kind'), saved });
  const hostIds = searchParams.get('hosts');
  const fleetId = searchParams.get('fleet');
  const isMatching = searchParams.get('matching') === 'all';
  const start = isMatching
    ? { on: 'matching', matching: String(searchParams) }
    : hostIds
      ? { on: 'hostIds', hostIds }
      : fleetId
        ? { on: 'fleetId', fleetId }
        : {};
  return { ...what, start: { ...start, ...(what.saved && defaultsOf(what.saved)) } };
}

/** The form as it was filled in for another command, for all of its hosts or for those where it failed. */
async function startAgain(
  api: Api,
  commandId: string,
  { saved, isOfFailed }: { saved: string | null; isOfFailed: boolean },
) {
  const command = await api.commands.byId({ commandId });
  const what = await findWhat(api, { kind: command.kind, saved });
  const { fields } = what;
  const { counts } = command;
  const start = {
    ...(what.saved ? valuesGiven(what.saved, command.parameters) : writeParameters(fields, command.parameters)),
    ...{ on: 'runsOf', runsOf: commandId, runsIn: isOfFailed ? failedStates.join(' ') : '' },
    runsCount: String(isOfFailed ? failedStates.reduce((sum, state) => sum + counts[state], 0) : totalOf(counts)),
    timeoutSeconds: String(command.timeoutSeconds),
  };
  return { ...what, start };
}

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const { searchParams } = new URL(request.url);
  const asked = { kind: textOf(form, 'kind') || searchParams.get('kind'), saved: searchParams.get('saved') };
  const { kind, saved, fields } = await findWhat(api, asked);
  const typed = typedIn(fields, form);
  // The one that was shown: by now it may say something else.
  const version = Number(textOf(form, 'savedCommandVersion'));
  const what = saved ? { savedCommandId: saved.id, savedCommandVersion: version } : { kind };
  const isSent = textOf(form, 'intent') === 'send';
  const lost = lostSecrets(fields, form, { isSent });
  if (lost.length > 0) {
    const wrong = Object.fromEntries(lost.map((name) => [name, 'command.secretAgain' as const]));
    return data({ typed, preview: null, errors: { fields: wrong, problem: null } } satisfies RunAnswer, {
      status: 400,
    });
  }
  try {
    const { timeoutSeconds, expiresAt, ...draft } = readRunForm(what, fields, form, Date.now());
    if (!isSent) {
      return { typed, preview: await api.commands.preview(draft), errors: null } satisfies RunAnswer;
    }
    const targetCount = Number(textOf(form, 'targetCount'));
    // The button is not to be had before; a browser without a script has it all the same.
    if (targetCount > MOST_AT_ONCE && !isTypedAs(textOf(form, typedCount), targetCount)) {
      const errors = { fields: { [typedCount]: 'command.countMissing' as const }, problem: null };
      const preview = await api.commands.preview(draft);
      return data({ typed, preview, errors } satisfies RunAnswer, { status: 400 });
    }
    const { id } = await api.commands.send({ ...draft, timeoutSeconds, expiresAt, targetCount });
    return redirect(`/commands/${id}`);
  } catch (thrown) {
    const errors = errorsOf(thrown, fields, typed.on);
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
  const { kind, saved, fields, fleets, start } = useLoaderData<typeof loader>();
  const answer = useAnswer<typeof action>();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const may = usePermissions();
  const kinds = commandKinds.filter((one) => one !== 'execute_shell' || may.has('commands.shell') || one === kind);
  return (
    <div className="flex flex-col gap-6">
      {saved ? (
        <WhatIsSaved saved={saved} />
      ) : (
        <>
          <h1 className="text-20 font-semibold">{t('commands.run')}</h1>
          <div className="max-w-md">
            <SelectField
              name="kind"
              label={t('commands.kind')}
              value={kind}
              options={kinds.map((one) => ({ value: one, text: t(`command.kind.${one}`) }))}
              onChange={(chosen) => {
                const next = new URLSearchParams(params);
                for (const name of ['again', 'runs']) next.delete(name);
                next.set('kind', chosen);
                navigate(`/commands/new?${next}`, { replace: true });
              }}
            />
          </div>
        </>
      )}
      <RunForm
        // Not by its answer: what was typed stays in the fields, and nobody but the browser has the secrets.
        key={`${kind} ${params}`}
        kind={kind}
        savedVersion={saved?.version}
        fields={fields}
        fleets={fleets}
        start={start}
        answer={answer}
      />
    </div>
  );
}

/** Whoever gives values sees what they are given to. */
function WhatIsSaved({ saved }: { saved: SavedCommand }) {
  return (
    <div className="flex max-w-4xl flex-col gap-3">
      <h1 className="text-20 font-semibold wrap-anywhere">
        <bdi>{saved.name}</bdi>
      </h1>
      {saved.description && <p className="text-ink-2 wrap-anywhere">{saved.description}</p>}
      <ParametersText parameters={saved.parameters} />
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return <PageProblem notFound={{ title: t('problem.notFound.command'), text: t('problem.notFound.commandText') }} />;
}
