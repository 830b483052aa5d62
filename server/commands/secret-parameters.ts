import type { Command } from '../../agent/commands/command-kinds';
import { createSeal } from '../process/seal';

type Parameters = Record<string, unknown>;
type Variable = NonNullable<Extract<Command, { kind: 'execute_shell' }>['environment']>[number];

/** Hides what must not lie in the database as it is: the values of variables that are said to be secret. */
export interface SecretParameters {
  /** Bound to the command. */
  seal(commandId: string, parameters: Parameters): Parameters;
  /** As they were. @throws Error for what another secret has sealed, or somebody has changed */
  open(commandId: string, parameters: Parameters): Parameters;
}

/** @param key of 256 bits */
export function createSecretParameters(key: Buffer): SecretParameters {
  const { seal, open } = createSeal(key);
  return {
    seal: (commandId, parameters) => withSecrets(parameters, (value) => seal(commandId, value)),
    open: (commandId, parameters) => withSecrets(parameters, (value) => open(commandId, value)),
  };
}

/** For people and the log, whoever they are. */
export const withoutSecrets = (parameters: Parameters): Parameters => withSecrets(parameters, () => '');

function withSecrets(parameters: Parameters, change: (value: string) => string): Parameters {
  const environment = parameters.environment as Variable[] | undefined;
  if (!environment?.some(({ isSecret }) => isSecret)) return parameters;
  const changed = environment.map((variable) =>
    variable.isSecret ? { ...variable, value: change(variable.value) } : variable,
  );
  return { ...parameters, environment: changed };
}
