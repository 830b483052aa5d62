import { Link, useFetcher, useRevalidator } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import type { action as lookAction } from '../routes/_app.configuration_.order';
import { Button } from '../ui/button';
import { Section } from '../ui/section';
import type { FleetOrder as Order } from './configuration-types';
import { ConflictNotice } from './conflict-notice';

/**
 * Which fleets count more than which, and the way to each one's configuration. The last one counts most. Another order
 * says how many hosts it changes before it is saved.
 */
export function FleetOrder({ order: { fleets, etag }, mayOrder }: { order: Order; mayOrder: boolean }) {
  const { t } = useTranslation();
  /** Made from the order of that tag: of another one the server says so, and nothing of it is lost. */
  const [proposal, setProposal] = useState<{ fleetIds: string[]; etag: string } | null>(null);
  const proposed = proposal?.fleetIds ?? null;
  const { revalidate } = useRevalidator();
  const look = useFetcher<typeof lookAction>();
  const { submit, isPending, problem } = useAct('configuration.saveOrder', {
    done: t('configuration.ordered'),
    onDone: () => setProposal(null),
  });
  const ids = proposed ?? fleets.filter(({ isOrdered }) => isOrdered).map(({ id }) => id);
  const ordered = ids.flatMap((id) => fleets.find((fleet) => fleet.id === id) ?? []);
  const others = fleets.filter(({ id }) => !ids.includes(id));
  const propose = (fleetIds: string[]) => {
    setProposal({ fleetIds, etag: proposal?.etag ?? etag });
    look.submit({ fleetIds: JSON.stringify(fleetIds) }, { method: 'post', action: '/configuration/order' });
  };
  const swapped = (at: number) => [...ids.slice(0, at), ids[at + 1]!, ids[at]!, ...ids.slice(at + 2)];
  const button = (name: string, word: 'countLess' | 'countMore' | 'takePlace' | 'givePlace', next: string[]) => (
    <Button isDisabled={isPending} onPress={() => propose(next)}>
      {t(`configuration.${word}`)}
      <span className="sr-only"> {name}</span>
    </Button>
  );
  const row = ({ id, name }: Order['fleets'][number]) => {
    const at = ids.indexOf(id);
    return (
      <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
        <Link to={`/fleets/${id}/configuration`} className="link min-w-0 grow wrap-anywhere">
          <bdi>{name}</bdi>
        </Link>
        {mayOrder && (
          <span className="flex flex-wrap gap-2">
            {at > 0 && button(name, 'countLess', swapped(at - 1))}
            {at >= 0 && at < ids.length - 1 && button(name, 'countMore', swapped(at))}
            {at >= 0
              ? button(
                  name,
                  'takePlace',
                  ids.filter((one) => one !== id),
                )
              : button(name, 'givePlace', [...ids, id])}
          </span>
        )}
      </li>
    );
  };
  const isOutdated = problem?.code === 'configuration.changed_meanwhile';
  const leave = () => {
    setProposal(null);
    if (isOutdated) revalidate();
  };
  const isLooking = look.state !== 'idle';
  const seen = proposed && !isLooking ? look.data : undefined;
  return (
    <div id="order">
      <Section title={t('configuration.fleets')}>
        <p className="max-w-3xl pb-2 text-13 text-ink-2">{t('configuration.fleetsText')}</p>
        {fleets.length === 0 && <p className="text-13 text-ink-2">{t('configuration.noFleets')}</p>}
        {ordered.length > 0 && <ol>{ordered.map(row)}</ol>}
        {others.length > 0 && (
          <>
            <h3 className="pt-3 text-13 font-medium">{t('configuration.unordered')}</h3>
            <ul>{others.map(row)}</ul>
          </>
        )}
        {proposed && (
          <div className="flex flex-col gap-3 pt-3">
            {seen?.preview && seen.preview.conflicts.length > 0 && (
              <ConflictNotice conflicts={seen.preview.conflicts} fleets={fleets} />
            )}
            <p role="status" className="text-13 wrap-anywhere text-ink-2">
              {seen?.preview ? <Changed {...seen.preview} /> : t('configuration.lookingAtOrder')}
            </p>
            <div className="flex flex-wrap gap-2">
              <Button
                look="primary"
                isPending={isPending || isLooking}
                isDisabled={!seen?.preview || seen.preview.conflicts.length > 0}
                onPress={() => submit(proposal!)}
              >
                {t('configuration.saveOrder')}
              </Button>
              <Button isDisabled={isPending} onPress={leave}>
                {t(isOutdated ? 'configuration.presentOrder' : 'act.cancel')}
              </Button>
            </div>
          </div>
        )}
        {!isPending && <ActProblem problem={(proposed && problem) ?? seen?.problem ?? null} />}
      </Section>
    </div>
  );
}

function Changed({ of, changed, names }: { of: number; changed: number; names: string[] }) {
  const { t } = useTranslation();
  if (changed === 0) return t('configuration.noChanges');
  const more = changed > names.length ? ' …' : '';
  return `${t('configuration.changesHosts', { count: changed, of })} ${names.join(', ')}${more}`;
}
