import type { AppLoadContext } from '@remix-run/node';
import type { LiveFleet } from './fleet-types';
import { asProblem } from '../forms/problem';
import { useLiveValue } from '../live/use-live';

/** The fleet by which an address narrows a list; null for none, and for one that there is not for whoever asks. */
export async function fleetOfAddress({ api }: Pick<AppLoadContext, 'api'>, fleetId: string | undefined) {
  if (fleetId === undefined) return null;
  return api.fleets.live({ fleetId }).catch((refusal: unknown) => {
    if (asProblem(refusal).code === 'fleet.not_found') return null;
    throw refusal;
  });
}

/** Whether a fleet has other hosts by now, or says something else, than what the page has loaded. */
export function useIsFleetOther(loaded: LiveFleet | null): boolean {
  const now = useLiveValue('fleets', loaded?.key ?? '', { snapshot: loaded, loaded });
  return now?.version !== loaded?.version;
}
