import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useNavigate, type ShouldRevalidateFunctionArgs } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { findFields } from '../commands/form/find-fields.server';
import { useKindWords } from '../commands/kind-words';
import { readKind } from '../commands/form/read-run-form';
import { ParametersText } from '../commands/parameters-text';
import { DangerButton } from '../forms/danger-button';
import { textOf } from '../forms/form-errors';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import { useAnswer } from '../forms/use-answer';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Runners } from '../saved-commands/runners';
import { SavedForm, type SavedAnswer } from '../saved-commands/saved-form';
import { errorsOfSaved, readSavedForm, typedInSaved, writeSavedForm } from '../saved-commands/saved-form-fields';
import type { SavedCommand } from '../saved-commands/saved-types';
import { useMayChange } from '../saved-commands/use-may-change';
import { buttonClass } from '../ui/button';
import { Instant } from '../ui/figures/relative-time';
import { useCount } from '../ui/figures/use-count';

export const handle: PageHandle = {
  // The loader's answer comes untyped through the matches; undefined when there is no such command.
  title: (t, data) =>
    (data as Awaited<ReturnType<typeof loader>> | undefined)?.saved.name ?? t('problem.notFound.savedCommand'),
};

type Api = LoaderFunctionArgs['context']['api'];

export async function loader({ params, context: { api } }: LoaderFunctionArgs) {
  const saved = await api.savedCommands.byId({ savedCommandId: params.savedCommandId! });
  const kind = readKind(saved.kind);
  const [fields, named] = await Promise.all([findFields(api, kind), findNamed(api, saved)]);
  return { saved, kind, fields, named, start: writeSavedForm(fields, saved) };
}

/** Whom it names, for who may see people; null where it is not for named ones. */
async function findNamed(api: Api, { id, runBy }: Pick<SavedCommand, 'id' | 'runBy'>) {
  const me = runBy === 'named' ? await api.users.me() : null;
  if (!me?.everywhere.includes('users.read')) return null;
  const [{ runners }, fleets] = await Promise.all([
    api.savedCommands.runners({ savedCommandId: id }),
    api.fleets.names({}),
  ]);
  return { runners, fleets };
}

export async function action({ request, params, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const savedCommandId = params.savedCommandId!;
  const { kind } = await api.savedCommands.byId({ savedCommandId });
  const fields = await findFields(api, readKind(kind));
  try {
    const version = Number(textOf(form, 'version'));
    await api.savedCommands.update({ ...readSavedForm(fields, form), savedCommandId, version });
  } catch (thrown) {
    const errors = errorsOfSaved(thrown, fields, form);
    const refused: SavedAnswer = { typed: typedInSaved(form), errors };
    return data(refused, { status: errors.problem?.status ?? 400 });
  }
  return redirect('/commands/saved');
}

export const clientAction = keepPage((errors, form): SavedAnswer => ({ typed: typedInSaved(form), errors }));

/** After its own deletion there is nothing to load again: the page would say "not found" before it is left. */
export const shouldRevalidate = (args: ShouldRevalidateFunctionArgs) =>
  !args.formAction?.startsWith('/acts/savedCommands.delete?') && reloadIfAnswered(args);

export default function SavedCommandPage() {
  const { t } = useTranslation();
  const { saved, kind, fields, start, named } = useLoaderData<typeof loader>();
  const answer = useAnswer<typeof action>();
  const answers = useCount(answer);
  const navigate = useNavigate();
  const kindWords = useKindWords();
  const mayChange = useMayChange()(saved);
  const name = { name: saved.name };
  return (
    <div className="flex flex-col gap-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-20 font-semibold wrap-anywhere">
            <bdi>{saved.name}</bdi>
          </h1>
          <p className="text-13 text-ink-2 wrap-anywhere">
            {kindWords(saved.kind)} · {t('saved.version', { version: String(saved.version) })} ·{' '}
            <Instant at={saved.updatedAt} /> · {saved.updatedBy}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Link to={`/commands?savedCommandId=${saved.id}`} className={buttonClass('quiet')}>
            {t('saved.history')}
          </Link>
          {saved.mayRun && (
            <Link to={`/commands/new?saved=${saved.id}`} className={buttonClass('quiet')}>
              {t('saved.run')}
            </Link>
          )}
          <DangerButton
            label={t('act.delete')}
            verb={t('saved.delete.verb', name)}
            title={t('saved.delete.title', name)}
            act="savedCommands.delete"
            on={{ savedCommandId: saved.id }}
            done={t('saved.delete.done', name)}
            onDone={() => navigate('/commands/saved', { replace: true })}
            isOffered={mayChange}
          >
            <p>{t('saved.delete.text')}</p>
            <p className="text-ink-2">{t('saved.delete.back')}</p>
          </DangerButton>
        </div>
      </header>
      {mayChange ? (
        <SavedForm
          key={`${saved.version} ${answers}`}
          kind={kind}
          fields={fields}
          start={start}
          answer={answer}
          version={saved.version}
        />
      ) : (
        <>
          {saved.description && <p className="text-ink-2 wrap-anywhere">{saved.description}</p>}
          <ParametersText parameters={saved.parameters} />
        </>
      )}
      {named && <Runners saved={saved} {...named} />}
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return (
    <PageProblem
      notFound={{ title: t('problem.notFound.savedCommand'), text: t('problem.notFound.savedCommandText') }}
      onwards={{ to: '/commands/saved', text: t('saved.title') }}
    />
  );
}
