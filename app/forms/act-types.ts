import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Procedures = AppRouter['_def']['record'];
type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

type MutationsOf<Noun> = {
  [Verb in keyof Noun & string]: Noun[Verb] extends { _def: { type: 'mutation' } } ? Verb : never;
}[keyof Noun & string];

/** Every procedure that changes something, by its path: `hosts.approve`. */
export type ActPath = { [Noun in keyof Procedures]: `${Noun}.${MutationsOf<Procedures[Noun]>}` }[keyof Procedures];

type At<Tree, Path> = Path extends `${infer Noun}.${infer Verb}`
  ? Noun extends keyof Tree
    ? Verb extends keyof Tree[Noun]
      ? Tree[Noun][Verb]
      : never
    : never
  : never;

export type ActInput<Path extends ActPath> = At<Inputs, Path>;
export type ActAnswer<Path extends ActPath> = At<Outputs, Path>;
