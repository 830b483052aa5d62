import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['commands'];
type Inputs = inferRouterInputs<AppRouter>['commands'];

export type CommandRow = Outputs['byId'];
export type CommandPreview = Outputs['preview'];
export type CommandQuery = Exclude<Inputs['list'], void | undefined>;
export type CommandKind = NonNullable<CommandQuery['kind']>;
export type RunRow = Outputs['run']['run'];
export type RunState = RunRow['state'];
export type Square = Outputs['page']['squares'][number];
export type OutputPiece = Outputs['output']['pieces'][number];
export type Differences = Outputs['differences'];
export type Abilities = NonNullable<Outputs['abilities']['abilities']>;
export type Targets = Inputs['send']['targets'];

export const commandKinds = [
  'execute_shell',
  'install_package',
  'remove_package',
  'update_system',
  'restart_service',
  'get_system_info',
  'get_installed_packages',
  'get_available_updates',
  'list_processes',
  'kill_process',
  'reboot_system',
  'shutdown_system',
  'collect_diagnostics',
] as const satisfies CommandKind[];

/** In the order they are shown: what needs somebody first. */
export const runStates = [
  'failed',
  'timed_out',
  'unknown',
  'rejected',
  'expired',
  'cancelled',
  'queued',
  'sent',
  'received',
  'running',
  'succeeded',
] as const satisfies RunState[];

/** What a person may want to do again. */
export const failedStates = ['failed', 'timed_out', 'unknown', 'rejected', 'expired'] as const satisfies RunState[];

const OPEN: readonly RunState[] = ['queued', 'sent', 'received', 'running'];
export const isOpen = (state: RunState) => OPEN.includes(state);

export const totalOf = (counts: CommandRow['counts']) => Object.values(counts).reduce((sum, n) => sum + n, 0);
export const openOf = (counts: CommandRow['counts']) => OPEN.reduce((sum, state) => sum + counts[state], 0);
