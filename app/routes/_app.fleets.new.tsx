import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { useTranslation } from 'react-i18next';
import { fleetOf, refusedFleet, unansweredFleet } from '../fleets/fleet-fields';
import { FleetForm } from '../fleets/fleet-form';
import { keepPage } from '../forms/keep-page';
import { useAnswer } from '../forms/use-answer';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';

export const handle: PageHandle = { title: (t) => t('fleet.new') };

/** Asks for what the form needs: who may not preview a rule has no business with it. */
export async function loader({ context: { api } }: LoaderFunctionArgs) {
  await api.fleets.preview({ rule: null });
  return null;
}

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  let made;
  try {
    made = await api.fleets.create(fleetOf(form));
  } catch (thrown) {
    const refused = refusedFleet(thrown, form);
    return data(refused, { status: refused.errors.problem?.status ?? 400 });
  }
  return redirect(`/fleets/${made.id}`);
}

export const clientAction = keepPage(unansweredFleet);

const NOTHING = { name: '', description: '', tags: '', rule: '' };

export default function NewFleet() {
  const { t } = useTranslation();
  const refused = useAnswer<typeof action>();
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-20 font-semibold">{t('fleet.new')}</h1>
      <FleetForm fleetId={null} fleet={NOTHING} refused={refused} submit={t('fleets.make')} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
