import { useTranslation } from 'react-i18next';
import { Elapsed } from '../ui/figures/relative-time';
import { StateSign } from '../ui/state-sign';
import type { Health } from './health-types';

/** How well a host is, beside its state and never merged with it. */
export function HealthLine({ health: { state, since } }: { health: Health }) {
  const { t } = useTranslation();
  return (
    <span className="flex flex-wrap items-baseline gap-x-2">
      <StateSign state={state} word={t(`health.state.${state}`)} />
      {state !== 'ok' && (
        <span className="text-12 text-ink-2">
          <Elapsed since={since} />
        </span>
      )}
    </span>
  );
}
