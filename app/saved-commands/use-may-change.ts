import { usePermissionsEverywhere } from '../permissions';
import type { ListedSavedCommand } from './saved-types';

/** Which saved commands the signed-in person may change and delete: as the server judges who writes one. */
export function useMayChange(): (saved: Pick<ListedSavedCommand, 'kind' | 'runBy'>) => boolean {
  const everywhere = usePermissionsEverywhere();
  return ({ kind, runBy }) => {
    const takesShell = kind === 'execute_shell' || runBy === 'commands.shell';
    return everywhere.has('commands.run') && (!takesShell || everywhere.has('commands.shell'));
  };
}
