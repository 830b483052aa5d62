import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useNavigate } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { commandKinds } from '../commands/command-types';
import { findFields } from '../commands/form/find-fields.server';
import { readKind } from '../commands/form/read-run-form';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import { useAnswer } from '../forms/use-answer';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { SavedForm, type SavedAnswer } from '../saved-commands/saved-form';
import { errorsOfSaved, readSavedForm, typedInSaved } from '../saved-commands/saved-form-fields';
import { SelectField } from '../ui/fields/select-field';
import { useCount } from '../ui/figures/use-count';

export const handle: PageHandle = { title: (t) => t('saved.make') };

const kindIn = (request: Request) => readKind(new URL(request.url).searchParams.get('kind'));

export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const kind = kindIn(request);
  return { kind, fields: await findFields(api, kind) };
}

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const kind = kindIn(request);
  const fields = await findFields(api, kind);
  try {
    await api.savedCommands.create({ ...readSavedForm(fields, form), kind });
  } catch (thrown) {
    const errors = errorsOfSaved(thrown, fields, form);
    const refused: SavedAnswer = { typed: typedInSaved(form), errors };
    return data(refused, { status: errors.problem?.status ?? 400 });
  }
  return redirect('/commands/saved');
}

export const clientAction = keepPage((errors, form): SavedAnswer => ({ typed: typedInSaved(form), errors }));
export const shouldRevalidate = reloadIfAnswered;

export default function SaveCommandPage() {
  const { t } = useTranslation();
  const { kind, fields } = useLoaderData<typeof loader>();
  const answer = useAnswer<typeof action>();
  const answers = useCount(answer);
  const navigate = useNavigate();
  const may = usePermissions();
  const kinds = commandKinds.filter((one) => one !== 'execute_shell' || may.has('commands.shell') || one === kind);
  return (
    <div className="flex flex-col gap-6">
      <h1 className="text-20 font-semibold">{t('saved.make')}</h1>
      <div className="max-w-md">
        <SelectField
          name="kind"
          label={t('commands.kind')}
          value={kind}
          options={kinds.map((one) => ({ value: one, text: t(`command.kind.${one}`) }))}
          onChange={(chosen) => navigate(`/commands/saved/new?kind=${chosen}`, { replace: true })}
        />
      </div>
      <SavedForm key={`${kind} ${answers}`} kind={kind} fields={fields} start={{}} answer={answer} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
