import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { Button } from '../ui/button';
import { Section } from '../ui/section';
import type { FleetOrder as Fleets } from './configuration-types';

/** Which fleets count more than which, and the way to each one's configuration. The last one counts most. */
export function FleetOrder({ fleets, mayOrder }: { fleets: Fleets; mayOrder: boolean }) {
  const { t } = useTranslation();
  const { submit, isPending, problem } = useAct('configuration.saveOrder', { done: t('configuration.ordered') });
  const ordered = fleets.filter(({ isOrdered }) => isOrdered);
  const ids = ordered.map(({ id }) => id);
  const save = (fleetIds: string[]) => submit({ fleetIds });
  const swapped = (at: number) => [...ids.slice(0, at), ids[at + 1]!, ids[at]!, ...ids.slice(at + 2)];
  const row = ({ id, name, isOrdered }: Fleets[number]) => {
    const at = ids.indexOf(id);
    return (
      <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
        <Link to={`/fleets/${id}/configuration`} className="link min-w-0 grow wrap-anywhere">
          <bdi>{name}</bdi>
        </Link>
        {mayOrder && (
          <span className="flex flex-wrap gap-2">
            {isOrdered && at > 0 && (
              <Button isPending={isPending} onPress={() => save(swapped(at - 1))}>
                {t('configuration.countLess')}
                <span className="sr-only"> {name}</span>
              </Button>
            )}
            {isOrdered && at < ids.length - 1 && (
              <Button isPending={isPending} onPress={() => save(swapped(at))}>
                {t('configuration.countMore')}
                <span className="sr-only"> {name}</span>
              </Button>
            )}
            <Button
              isPending={isPending}
              onPress={() => save(isOrdered ? ids.filter((one) => one !== id) : [...ids, id])}
            >
              {t(isOrdered ? 'configuration.takePlace' : 'configuration.givePlace')}
              <span className="sr-only"> {name}</span>
            </Button>
          </span>
        )}
      </li>
    );
  };
  const others = fleets.filter(({ isOrdered }) => !isOrdered);
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
        {!isPending && <ActProblem problem={problem} />}
      </Section>
    </div>
  );
}
