import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['savedCommands'];
type Inputs = inferRouterInputs<AppRouter>['savedCommands'];

export type SavedCommand = Outputs['byId'];
export type ListedSavedCommand = Outputs['list']['savedCommands'][number];
export type SavedListQuery = Exclude<Inputs['list'], void | undefined>;
export type Placeholder = SavedCommand['placeholders'][number];

export const placeholderTypes = ['text', 'number', 'choice', 'secret'] as const satisfies Placeholder['type'][];
export const runBys = ['commands.run', 'commands.shell'] as const satisfies SavedCommand['runBy'][];
