import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Command } from '../../agent/commands/protocol';

type Parameters = Record<string, unknown>;
type Variable = NonNullable<Extract<Command, { kind: 'execute_shell' }>['environment']>[number];

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Hides what must not lie in the database as it is: the values of variables that are said to be secret. */
export interface SecretParameters {
  /** AES-256-GCM (NIST SP 800-38D), bound to the command: copied into another one it opens nowhere. */
  seal(commandId: string, parameters: Parameters): Parameters;
  /** As they were. @throws Error for what another secret has sealed, or somebody has changed */
  open(commandId: string, parameters: Parameters): Parameters;
}

/** @param key of 256 bits */
export function createSecretParameters(key: Buffer): SecretParameters {
  const sealed = (commandId: string, value: string) => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(commandId));
    const bytes = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), bytes]).toString('base64');
  };
  const opened = (commandId: string, text: string) => {
    const bytes = Buffer.from(text, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(commandId))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  };
  return {
    seal: (commandId, parameters) => withSecrets(parameters, (value) => sealed(commandId, value)),
    open: (commandId, parameters) => withSecrets(parameters, (value) => opened(commandId, value)),
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
