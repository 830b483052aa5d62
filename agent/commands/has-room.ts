import type { CommandKind } from './command-kinds';

const PACKAGES: ReadonlySet<CommandKind> = new Set<CommandKind>(['install_package', 'remove_package', 'update_system']);
const POWER: ReadonlySet<CommandKind> = new Set<CommandKind>(['reboot_system', 'shutdown_system']);

/** Whether the machine goes down by it. */
export const endsTheMachine = (kind: CommandKind | undefined): boolean => kind !== undefined && POWER.has(kind);

/**
 * Whether a run of this kind may begin beside those that run.
 * @param concurrency runs at a time
 */
export function hasRoom(kind: CommandKind, running: readonly CommandKind[], concurrency: number): boolean {
  if (running.length >= concurrency || running.some(endsTheMachine)) return false;
  if (endsTheMachine(kind)) return running.length === 0;
  // Package managers lock each other out.
  return !PACKAGES.has(kind) || !running.some((other) => PACKAGES.has(other));
}
