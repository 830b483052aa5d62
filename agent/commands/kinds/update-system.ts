import { readListing, runSteps, type PackageManager } from '../packages/package-manager';
import type { Acting } from '../processes/processes';
import type { Command } from '../command-kinds';
import type { Exit } from '../machine';

type Update = Extract<Command, { kind: 'update_system' }>;

/**
 * Brings packages up to date: all, those named, or those whose update is for security. A package manager that says
 * which these are is told their names; one that does not, but knows, chooses them itself.
 */
export async function updateSystem(command: Update, manager: PackageManager, acting: Acting): Promise<Exit> {
  const isDry = command.dryRun ?? false;
  const isSecurity = command.scope === 'security';
  const named = command.packages ?? [];
  if (!isSecurity) return runSteps(manager.update({ packages: named, isSecurity, isDry }), acting);
  const found = await readListing(manager.available!, acting);
  if (!Array.isArray(found)) return found;
  const says = found.some((update) => update.isSecurity !== null);
  if (!says && found.length > 0) return runSteps(manager.update({ packages: named, isSecurity, isDry }), acting);
  const wanted = found.filter((update) => update.isSecurity && (named.length === 0 || named.includes(update.name)));
  if (wanted.length === 0) {
    acting.write('no updates for security\n');
    return { exitCode: 0 };
  }
  return runSteps(manager.update({ packages: wanted.map(({ name }) => name), isSecurity, isDry }), acting);
}
