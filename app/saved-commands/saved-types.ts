import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['savedCommands'];
type Inputs = inferRouterInputs<AppRouter>['savedCommands'];

export type SavedCommand = Outputs['byId'];
export type ListedSavedCommand = Outputs['list']['savedCommands'][number];
export type SavedListQuery = Exclude<Inputs['list'], void | undefined>;
export type Placeholder = SavedCommand['placeholders'][number];

export const placeholderTypes = ['text', 'number', 'choice', 'secret'] as const satisfies Placeholder['type'][];
export const runBys = ['commands.run', 'commands.shell', 'named'] as const satisfies SavedCommand['runBy'][];
/** The words for each. */
export const RUN_BY_WORDS = {
  'commands.run': 'saved.by.run',
  'commands.shell': 'saved.by.shell',
  named: 'saved.by.named',
} as const satisfies Record<SavedCommand['runBy'], string>;

export type Runner = Outputs['runners']['runners'][number];
/** Of the roles that may be named: whoever has one that may more, too. */
export const runnerRoles = ['runner', 'operator', 'administrator'] as const satisfies Runner['role'][];
