import { useTranslation } from 'react-i18next';
import { Amount } from '../ui/figures/amount';
import { FilterLink } from '../ui/list/filter-link';
import { type CommandRow, runStates, totalOf } from './command-types';
import { RunStateSign } from './run-state';

/** How many hosts are in which state; each leads to those. */
export function StateCounts({ counts, chosen }: { counts: CommandRow['counts']; chosen: string | null }) {
  const { t } = useTranslation();
  return (
    <nav
      aria-label={t('command.stateFilter')}
      className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13 sm:flex-wrap"
    >
      <FilterLink isChosen={!chosen} to="?">
        {t('command.all')}
        <span className="text-ink-2">
          <Amount of={totalOf(counts)} />
        </span>
      </FilterLink>
      {runStates
        .filter((state) => counts[state] > 0 || state === chosen)
        .map((state) => (
          <FilterLink key={state} isChosen={state === chosen} to={`?state=${state}`}>
            <RunStateSign state={state} />
            <span className="text-ink-2">
              <Amount of={counts[state]} />
            </span>
          </FilterLink>
        ))}
    </nav>
  );
}
