import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { redactSecrets } from './redact-secrets';
import { applyEnvironment, didYouMean, type Environment, keysOf, readConfigFile } from './process/config-sources';
import { contradictions, schema, type Settings } from './config-schema';
import { explainArguments, isOfArguments } from '../words/explain-arguments';
import { explainIssue } from '../words/explain-issue';
import { inEnglish } from '../words/say';
import { terminalLanguages } from '../words/terminal-languages';
import { words, type Said, type Words } from '../words/words';

export type Config = Omit<Settings, 'certificates' | 'log' | 'frontend_host' | 'frontend_port'> & {
  certificates: Settings['certificates'] & { path: string };
  log: Settings['log'] & { format: 'json' | 'pretty' };
  frontend_host: string;
  frontend_port: number;
  /** Vite serves the pages and reloads them as their sources change. */
  dev: boolean;
  /** A person wants another CA or another secret in place of one that is gone. */
  newCa: boolean;
  newSecret: boolean;
};

/**
 * What is wrong with the configuration, a line a mistake: where, what, and its mend. Exit code 78 (EX_CONFIG of
 * sysexits.h).
 */
export class ConfigError extends Error {
  override name = 'ConfigError';
  /** In English. */
  readonly mistakes: string[];

  constructor(readonly said: readonly Said[]) {
    const mistakes = said.map(inEnglish);
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** Help was asked for. */
export class HelpRequest extends Error {}

/** The languages of whoever runs this on a terminal, the best first. */
export const languagesOfTerminal = (env: Environment = process.env) => terminalLanguages(env);

/**
 * Reads the file, then the environment, then the command line; later ones win.
 * @throws ConfigError naming every mistake at once, @throws HelpRequest
 */
export function loadConfig(args: string[], env: Environment = process.env): Config {
  const flags = readFlags(args);
  return complete(readSettings(flags, env).settings, flags);
}

/** One key of the configuration in force. `from` is the file or the variable that says so, null for the default. */
interface ExplainedKey {
  key: string;
  value: unknown;
  from: string | null;
}

/** Every key with its value; of a secret that is set only that it is. @throws ConfigError */
export function explainConfig(args: string[], env: Environment = process.env): ExplainedKey[] {
  const flags = readFlags(args);
  const { settings, origins, file, values } = readSettings(flags, env);
  const config = complete(settings, flags);
  return [...keysOf(schema)].map(([key, type]) => {
    const value = valueAt(config, key);
    return {
      key,
      value: value !== undefined && type.meta()?.secret ? MASK : maskPassword(value),
      from: origins.get(key) ?? (file && valueAt(values, key) !== undefined ? file : null),
    };
  });
}

/** The file that the configuration is read from, if any. @throws ConfigError for flags that there are not */
export const configFileOf = (args: string[], env: Environment = process.env) => fileOf(readFlags(args), env);

const fileOf = ({ config }: { config?: string | undefined }, env: Environment): string | undefined =>
  config ?? env.SYSMANAGE_CONFIG ?? (existsSync('/etc/sysmanage.yaml') ? '/etc/sysmanage.yaml' : undefined);

const MASK = '[secret]';
/** The password in an address, which is no secret as a whole. */
const maskPassword = (value: unknown) => (typeof value === 'string' ? redactSecrets(value) : value);

const valueAt = (values: object, key: string): unknown =>
  key.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], values);

function readSettings(flags: ReturnType<typeof readFlags>, env: Environment) {
  const mistakes: Said[] = [];
  const file = fileOf(flags, env);
  const values = file ? readConfigFile(file, mistakes) : {};
  const read = structuredClone(values);
  const origins = applyEnvironment(values, env, keysOf(schema), mistakes);
  if (flags.noLocalAgent) values.local_agent = false;
  const parsed = schema.safeParse(values);
  if (!parsed.success) mistakes.push(...parsed.error.issues.flatMap((issue) => describe(issue, origins)));
  if (parsed.success) mistakes.push(...contradictions(parsed.data));
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return { settings: parsed.data, origins, file, values: read };
}

/** The environment for a program we start: without our own variables and PostgreSQL's, some of which hold passwords. */
export function environmentForOthers(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const isOurs = (name: string) => name.startsWith('SYSMANAGE_') || name.startsWith('PG') || name === 'DATABASE_URL';
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name))) as NodeJS.ProcessEnv;
}

function complete(settings: Settings, { dev, newCa, newSecret }: Pick<Config, 'dev' | 'newCa' | 'newSecret'>): Config {
  const dataDir = resolve(settings.data_dir);
  return {
    ...settings,
    data_dir: dataDir,
    certificates: { ...settings.certificates, path: resolve(settings.certificates.path ?? join(dataDir, 'certs')) },
    log: {
      ...settings.log,
      // A file is read by programs.
      format: settings.log.format ?? (process.stdout.isTTY && !settings.log.file ? 'pretty' : 'json'),
    },
    frontend_host: settings.frontend_host ?? (settings.tls.cert ? '::' : '127.0.0.1'),
    frontend_port: settings.frontend_port ?? (settings.tls.cert ? 7443 : 3000),
    dev,
    newCa,
    newSecret,
  };
}

function readFlags(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        config: { type: 'string' },
        'no-local-agent': { type: 'boolean', default: false },
        dev: { type: 'boolean', default: false },
        'new-ca': { type: 'boolean', default: false },
        'new-secret': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) throw new HelpRequest();
    return {
      config: values.config,
      noLocalAgent: values['no-local-agent'],
      dev: values.dev,
      newCa: values['new-ca'],
      newSecret: values['new-secret'],
    };
  } catch (error) {
    if (!isOfArguments(error)) throw error;
    throw new ConfigError([words('server.config.command_line', { mistake: explainArguments(error) })]);
  }
}

/**
 * One line a mistake: the key, or the variable that set it, and what to do. The value itself may be a secret and is not
 * repeated.
 */
function describe(issue: z.core.$ZodIssue, origins: Map<string, string>): Words[] {
  if (issue.code === 'unrecognized_keys') {
    const known = [...keysOf(schema).keys()];
    return issue.keys.map((name) => {
      const key = [...issue.path, name].join('.');
      return words('server.config.at', { key, mistake: didYouMean(key, known) });
    });
  }
  const key = issue.path.join('.');
  return [words('server.config.at', { key: origins.get(key) ?? key, mistake: explainIssue(issue) })];
}
