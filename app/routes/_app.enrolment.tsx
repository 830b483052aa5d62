import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { NewToken } from '../enrolment/new-token';
import { readTokenForm, typedIn, type Field } from '../enrolment/read-token-form';
import { TokenForm } from '../enrolment/token-form';
import { TokenTable } from '../enrolment/token-table';
import { errorsFrom, type FormErrors } from '../forms/form-errors';
import { agentAddress } from '../hosts/agent-address';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { EmptyState } from '../ui/empty-state';
import { ListPaging } from '../ui/list/list-paging';
import { Section } from '../ui/section';
import { useCount } from '../ui/figures/use-count';
import { useAnswer } from '../forms/use-answer';

export const handle: PageHandle = { title: (t) => t('nav.enrolment') };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined;
  const { api, apiPort } = context;
  const [list, me] = await Promise.all([api.enrolmentTokens.list({ cursor }), api.users.me()]);
  const fleets = me?.everywhere.includes('fleets.manage') ? await api.fleets.names({}) : null;
  return { ...list, fleets, address: agentAddress(request.url, apiPort) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  try {
    const made = await context.api.enrolmentTokens.create(readTokenForm(typedIn(form)));
    // In this answer and in no address or history entry: who comes back to the page does not see it again.
    return { made, refused: null };
  } catch (thrown) {
    const errors = errorsFrom<Field>(thrown, {
      name: 'enrolment.nameWrong',
      servers: 'enrolment.serversWrong',
      expiresInHours: 'enrolment.expiresWrong',
      maxUses: 'enrolment.usesWrong',
      tags: 'enrolment.tagsWrong',
      fleetId: 'errors.input.invalid',
      autoApprove: 'errors.input.invalid',
    });
    return data(refuse(errors, form), { status: errors.problem?.status ?? 400 });
  }
}

const refuse = (errors: FormErrors<Field>, form: FormData) => ({
  made: null,
  refused: { typed: typedIn(form), errors },
});

export const clientAction = keepPage(refuse);

export const shouldRevalidate = reloadIfAnswered;

export default function EnrolmentPage() {
  const { t } = useTranslation();
  const may = usePermissions();
  const { tokens, nextCursor, address, fleets } = useLoaderData<typeof loader>();
  const result = useAnswer<typeof action>();
  const answers = useCount(result);
  const made = result?.made;
  // No longer worth copying once it is revoked.
  const isOver = made && tokens.some(({ id, state }) => id === made.id && state !== 'active');
  return (
    <div className="flex flex-col gap-8">
      <div className="flex max-w-3xl flex-col gap-1">
        <h1 className="text-20 font-semibold">{t('nav.enrolment')}</h1>
        <p className="text-ink-2">{t('enrolment.text')}</p>
        {may.has('discovery.read') && (
          <p>
            <Link to="/enrolment/discovery" className="link">
              {t('discovery.link')}
            </Link>
          </p>
        )}
      </div>
      {made && !isOver ? (
        <NewToken token={made.token} />
      ) : (
        <Section title={t('enrolment.new')}>
          <TokenForm key={answers} address={address} fleets={fleets} refused={result?.refused ?? null} />
        </Section>
      )}
      <Section title={t('enrolment.table')}>
        {tokens.length > 0 ? (
          <TokenTable tokens={tokens} />
        ) : (
          <EmptyState title={t('enrolment.none')} text={t('enrolment.noneText')} />
        )}
        <ListPaging nextCursor={nextCursor} />
      </Section>
    </div>
  );
}

export const ErrorBoundary = PageProblem;
