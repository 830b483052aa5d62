import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useNavigate, type ShouldRevalidateFunctionArgs } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { AddHost } from '../fleets/add-host';
import { ExceptedHosts } from '../fleets/excepted-hosts';
import { fleetOf, refusedFleet, unansweredFleet } from '../fleets/fleet-fields';
import { FleetForm } from '../fleets/fleet-form';
import { FleetMembers } from '../fleets/fleet-members';
import { FleetPeople } from '../fleets/fleet-people';
import { FleetSummary } from '../fleets/fleet-summary';
import { useIsFleetOther } from '../fleets/live-fleet';
import { DangerButton } from '../forms/danger-button';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import { useAnswer } from '../forms/use-answer';
import { knownHosts } from '../hosts/apply-live-change';
import { HostEvents } from '../hosts/page/host-events';
import { useKnownHosts } from '../hosts/use-known-hosts';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { useReloadWhileLive } from '../live/use-reload-while-live';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { CopyableId } from '../ui/copyable-id';
import { Facts } from '../ui/facts';
import { Instant } from '../ui/figures/relative-time';
import { ListPaging } from '../ui/list/list-paging';
import { Section } from '../ui/section';
import { useAnnounceOnce } from '../use-announce-once';
import { DoneWithoutScript } from '../ui/done-without-script';

export const handle: PageHandle = {
  // The loader's answer comes untyped through the matches; undefined when there is no such fleet.
  title: (t, data) =>
    (data as Awaited<ReturnType<typeof loader>> | undefined)?.fleet.name ?? t('problem.notFound.fleet'),
};

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined;
  const fleetId = params.fleetId!;
  // First: what changes from here on is told to the page. Then the hosts, of whom it is told from their `feed` on.
  const live = await api.fleets.live({ fleetId });
  const { hosts, nextCursor, feed } = await api.fleets.hosts({ fleetId, cursor });
  const me = await api.users.me();
  const [fleet, { events }, people, others] = await Promise.all([
    api.fleets.byId({ fleetId }),
    api.fleets.events({ fleetId }),
    me?.everywhere.includes('users.read') ? api.users.onFleet({ fleetId }) : null,
    me?.everywhere.includes('users.manage') ? api.users.list({ state: 'active', limit: 200 }) : null,
  ]);
  // Whoever deletes it is to know what becomes of its hosts.
  const left = fleet.isConfigured ? await api.configuration.previewFleet({ fleetId, text: '' }) : null;
  const users = others && others.users.map(({ id, name, email }) => ({ id, name, email }));
  const isCut = others !== null && others.nextCursor !== null;
  const configured = left?.hosts.changed ?? null;
  return { live, fleet, events, people, users, isCut, hosts, nextCursor, feed, configured };
}

export async function action({ request, params, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  try {
    await api.fleets.update({ fleetId: params.fleetId!, ...fleetOf(form) });
    return { refused: null };
  } catch (thrown) {
    const refused = refusedFleet(thrown, form);
    return data({ refused }, { status: refused.errors.problem?.status ?? 400 });
  }
}

export const clientAction = keepPage((errors, form) => ({ refused: unansweredFleet(errors, form) }));

/** After its own deletion there is nothing to load again: the page would say "not found" before it is left. */
export const shouldRevalidate = (args: ShouldRevalidateFunctionArgs) =>
  !args.formAction?.startsWith('/acts/fleets.delete?') && reloadIfAnswered(args);

export default function FleetPage() {
  const { t, i18n } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const { live, fleet, events, people, users, isCut, hosts, nextCursor, configured } = loaded;
  const isOther = useIsFleetOther(live);
  useReloadOnChange(isOther || !fleet.isSettled);
  // How its hosts divide is counted, and changes with each of them.
  useReloadWhileLive();
  const known = useKnownHosts(loaded, (page) => knownHosts(page.hosts), { news: false });
  const answer = useAnswer<typeof action>();
  const navigate = useNavigate();
  const may = usePermissions();
  const mayChange = may.has('fleets.manage');
  const saved = t('fleet.saved', { fleet: fleet.name });
  useAnnounceOnce(answer && !answer.refused ? answer : null, saved);
  const name = { fleet: fleet.name };
  return (
    <div className="flex flex-col gap-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-20 font-semibold wrap-anywhere">
            <bdi>{fleet.name}</bdi>{' '}
            <span className="ps-1 font-normal text-ink-3">{fleet.hosts.toLocaleString(i18n.language)}</span>
          </h1>
          {fleet.description && <p className="text-ink-2 wrap-anywhere">{fleet.description}</p>}
        </div>
        <div className="flex flex-wrap gap-2">
          <Link to={`/fleets/${fleet.id}/metrics`} className={buttonClass('quiet')}>
            {t('host.metrics')}
          </Link>
          {may.has('commands.run') && (
            <Link to={`/commands/new?fleet=${fleet.id}`} className={buttonClass('quiet')}>
              {t('commands.run')}
            </Link>
          )}
          {may.has('commands.read') && (
            <Link to={`/fleets/${fleet.id}/commands`} className={buttonClass('quiet')}>
              {t('nav.commands')}
            </Link>
          )}
          {may.has('configuration.read') && (
            <Link to={`/fleets/${fleet.id}/configuration`} className={buttonClass('quiet')}>
              {t('nav.configuration')}
            </Link>
          )}
          <DangerButton
            label={t('act.delete')}
            verb={t('fleet.delete.verb', name)}
            title={t('fleet.delete.title', name)}
            act="fleets.delete"
            on={{ fleetId: fleet.id }}
            done={t('fleet.delete.done', name)}
            onDone={() => navigate('/fleets', { replace: true })}
            isOffered={mayChange}
          >
            <p>{t('fleet.delete.text')}</p>
            {configured !== null && <p>{t('fleet.delete.configuration', { count: configured })}</p>}
            <p className="text-ink-2">{t('fleet.delete.back')}</p>
          </DangerButton>
        </div>
      </header>
      <FleetSummary fleet={fleet} />
      <div className="grid gap-8 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-8">
          <Section
            title={t('fleet.members')}
            end={
              <span className="flex flex-wrap justify-end gap-x-4">
                <Link to={`/fleets/${fleet.id}/why`} className="link text-13">
                  {t('why.title')}
                </Link>
                <Link to={`/hosts?fleet=${fleet.id}`} className="link text-13">
                  {t('fleet.inHosts')}
                </Link>
              </span>
            }
          >
            {hosts.length > 0 ? (
              <FleetMembers fleet={fleet} hosts={hosts} known={known} />
            ) : (
              <EmptyState title={t('fleet.noMembers')} text={t('fleet.noMembersText')} />
            )}
            <ListPaging nextCursor={nextCursor} />
          </Section>
          {events.length > 0 && (
            <Section title={t('fleet.events')}>
              <HostEvents events={events} />
            </Section>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-8">
          {mayChange && (
            <Section title={t('fleet.editTitle')}>
              <DoneWithoutScript isDone={answer?.refused === null} text={saved} />
              <FleetForm
                key={fleet.id}
                fleetId={fleet.id}
                fleet={{ ...fleet, tags: fleet.tags.join(', '), rule: fleet.rule ?? '' }}
                refused={answer?.refused}
                submit={t('act.save')}
              />
            </Section>
          )}
          {mayChange && <AddHost fleet={fleet} />}
          <ExceptedHosts fleet={fleet} />
          {people && <FleetPeople fleet={fleet} people={people} users={users} isCut={isCut} />}
          <Section title={t('fleet.facts')}>
            <Facts
              facts={[
                [
                  t('fleet.rule'),
                  fleet.rule ? (
                    <span key="rule" className="mono text-12 wrap-anywhere" dir="ltr">
                      {fleet.rule}
                    </span>
                  ) : (
                    t('fleet.noRule')
                  ),
                ],
                [
                  t('fleet.tags'),
                  fleet.tags.length > 0 && (
                    <span key="tags" className="mono text-12">
                      {fleet.tags.join(', ')}
                    </span>
                  ),
                ],
                [t('fleet.created'), <Instant key="created" at={fleet.createdAt} />],
                [t('fleet.id'), <CopyableId key="id" value={fleet.id} label={t('fleet.id')} />],
              ]}
            />
            {!fleet.isSettled && <p className="pt-2 text-13 text-ink-2">{t('fleet.settling')}</p>}
          </Section>
        </div>
      </div>
    </div>
  );
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return (
    <PageProblem
      notFound={{ title: t('problem.notFound.fleet'), text: t('problem.notFound.fleetText') }}
      onwards={{ to: '/fleets', text: t('fleets.title') }}
    />
  );
}
