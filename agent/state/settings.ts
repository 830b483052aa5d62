import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { isMap, parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { configuration, CONFIGURATION_KEYS } from '../configuration/schema';
import { defaultConfig } from '../discovery/default-config';
import { EXIT, FatalError } from '../process/exit-codes';
import { LOG_LEVELS } from '../process/log-level';
import { machineTags } from '../protocol';
import { parsePin, parseServerAddress, writeServerAddress } from '../server-address';
import { lockSettings } from '../commands/lock';
import type { Keeper } from './keeper';
import { FILES } from './open-folder';
import { MODE, replaceFile } from './write-file';
import { explainIssue } from '../../words/explain-issue';
import { saidBy } from '../../words/said-error';
import { words } from '../../words/words';

/** Lets a zod schema use a parser of ours; the message becomes the issue. */
const parsed = (parse: (text: string) => unknown) =>
  z.string().check((ctx) => {
    try {
      parse(ctx.value);
    } catch (error) {
      const { message } = error as Error;
      ctx.issues.push({ code: 'custom', input: ctx.value, message, params: { said: saidBy(error) } });
    }
  });

const serverKeys = configuration.shape.server.unwrap().shape;

/** agent.yaml. Options of the command line win over it and are kept in it for the next start. */
const settingsFile = z.strictObject({
  /** https://HOST:PORT */
  server: parsed(parseServerAddress).optional(),
  /** Where there are several addresses of it: all of them, the last that worked first. */
  servers: z.array(parsed(parseServerAddress)).optional(),
  /** SHA-256 of the CA's public key that the first contact must show, hex. */
  ca_pin: parsed(parsePin).optional(),
  log_level: z.enum(LOG_LEVELS).optional(),
  /**
   * What the server can set, as it can be set here: it counts more than the server's word, and is drift unless locked.
   */
  log: configuration.shape.log,
  heartbeat: configuration.shape.heartbeat,
  collectors: configuration.shape.collectors,
  /** An HTTP proxy that the server is reached through: http://HOST:PORT. */
  proxy: serverKeys.proxy,
  proxy_user: serverKeys.proxy_user,
  proxy_password: serverKeys.proxy_password,
  /** How often this machine looks whether its name, addresses or disks have changed. */
  look_seconds: z.int().min(1).max(3600).optional(),
  /** Where servers are looked for while none is named. */
  discovery: z
    .strictObject({
      /** `loopback`, `all`, or names. */
      interfaces: z.array(z.string().min(1).max(64)).min(1).max(64).optional(),
      port: z.int().min(1).max(65_535).optional(),
      announcement_port: z.int().min(1).max(65_535).optional(),
    })
    .optional(),
  /** What this machine is tagged with, beside what people say of it on the server: `env:prod`. */
  tags: machineTags.optional(),
  /** Keys of the server's configuration that it cannot set on this machine: `server.addresses`. */
  lock: z.array(z.enum(CONFIGURATION_KEYS as [string, ...string[]])).optional(),
  /** So long a configuration of the server's may take to reach the server: 60 unless set. */
  confirm_seconds: z.int().min(1).max(3600).optional(),
  /** So long without the server, what led to it before is tried beside what is configured: 300 unless set. */
  other_ways_seconds: z.int().min(1).max(86_400).optional(),
  /** The server was found and not named, and why it was taken. Its addresses may follow it when it moves. */
  server_found: z.string().max(1000).optional(),
  /** By the server that was found. What the owner says, and what the server configures later, go before it. */
  suggested: defaultConfig.optional(),
  /** What may be commanded here. Written by the machine's owner alone. */
  commands: lockSettings.optional(),
  /** Given by the server; for people who look, the agent does not need it. */
  host_id: z.uuid().optional(),
});
export type Settings = z.infer<typeof settingsFile>;

/** What is to be changed in the file; null takes a key out. */
export type Changes = { [Key in keyof Settings]: Settings[Key] | null };

/** Empty when there is no file. Throws FatalError CONFIG that names the key and the mistake. */
export function readSettings(folder: string): Settings {
  const path = join(folder, FILES.settings);
  const text = readIfThere(path);
  if (text === null) return {};
  const result = settingsFile.safeParse(parseYaml(path, text) ?? {});
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) =>
    issue.path.length === 0
      ? explainIssue(issue)
      : words('common.input.at', { place: issue.path.join('.'), mistake: explainIssue(issue) }),
  );
  throw new FatalError(EXIT.CONFIG, words('agent.state.at', { path, mistake: mistakes }));
}

/**
 * As a start reads it: a machine that has worked is not lost for keys that only another version of the agent knows.
 * What is known counts; what they forbid cannot be known, so nothing may be commanded, and no other configuration of
 * the server taken, until the file is mended. `damage` says what is wrong. Throws as `readSettings` for any other
 * mistake, and where this machine has no certificate.
 */
export function readSettingsAtStart(folder: string): { settings: Settings; damage?: string } {
  try {
    return { settings: readSettings(folder) };
  } catch (error) {
    const known = existsSync(join(folder, FILES.certificate)) ? knownOf(folder) : undefined;
    if (!known) throw error;
    const damage = `${(error as Error).message}; nothing may be commanded here until that is mended`;
    return { settings: { ...known, commands: { ...known.commands, forbidden: 'all' } }, damage };
  }
}

/** The file without the keys that are not known; undefined where anything else is wrong with it. */
function knownOf(folder: string): Settings | undefined {
  const path = join(folder, FILES.settings);
  const said = parseYaml(path, readIfThere(path) ?? '') as Record<string, unknown>;
  for (const issue of settingsFile.safeParse(said).error?.issues ?? []) {
    const [first] = issue.path;
    if (issue.code === 'unrecognized_keys') {
      const at = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], said);
      for (const key of issue.keys) delete (at as Record<string, unknown>)[key];
    } else if (first === 'lock' && Array.isArray(said['lock'])) {
      // What this agent does not know, no server sets here.
      said['lock'] = said['lock'].filter((key) => CONFIGURATION_KEYS.includes(String(key)));
    }
  }
  return settingsFile.safeParse(said).data;
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // The parser's message goes on with an excerpt of the file over several lines.
    const mistake = (error as Error).message.split('\n')[0]!;
    throw new FatalError(EXIT.CONFIG, words('agent.state.at', { path, mistake }));
  }
}

/**
 * Writes what changed and leaves the rest of the file, comments too, as it is. Throws, also FatalError, when it cannot.
 */
export function keepSettings(folder: string, changes: Changes): void {
  const path = join(folder, FILES.settings);
  const document = parseDocument(readIfThere(path) ?? '');
  // Somebody edits it just now.
  const [mistake] = document.errors;
  if (mistake)
    throw new FatalError(EXIT.CONFIG, words('agent.state.at', { path, mistake: mistake.message.split('\n')[0]! }));
  const present = (document.toJS() ?? {}) as Record<string, unknown>;
  const changed = Object.entries(changes).filter(
    ([key, value]) => value !== undefined && !isDeepStrictEqual(present[key] ?? null, value),
  );
  if (changed.length === 0) return;
  if (document.toJS() === null) document.contents = document.createNode({}) as typeof document.contents;
  for (const [key, value] of changed) {
    if (value === null) document.delete(key);
    else document.set(key, value);
  }
  replaceFile(path, document.toString({ lineWidth: 0 }), MODE.open);
}

/** Keys of the server's configuration that have another name here, too, and can be put back. */
const SPELT: Record<string, readonly string[]> = { 'log.level': ['log_level'] };

/**
 * Takes keys of the server's configuration out of the file, so that its word counts again. Throws as `keepSettings`.
 */
export function forgetLocal(folder: string, keys: readonly string[]): void {
  const path = join(folder, FILES.settings);
  const text = readIfThere(path);
  if (text === null) return;
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake)
    throw new FatalError(EXIT.CONFIG, words('agent.state.at', { path, mistake: mistake.message.split('\n')[0]! }));
  let isChanged = false;
  for (const key of keys) {
    const [section, name] = key.split('.') as [string, string];
    for (const other of SPELT[key] ?? []) isChanged = document.delete(other) || isChanged;
    if (!document.hasIn([section, name])) continue;
    document.deleteIn([section, name]);
    const rest: unknown = document.get(section);
    if (isMap(rest) && rest.items.length === 0) document.delete(section);
    isChanged = true;
  }
  if (isChanged) replaceFile(path, document.toString({ lineWidth: 0 }), MODE.open);
}

/** `keepSettings` for an agent that goes on without: what is not written yet is written with what comes later. */
export function createSettingsKeeper(folder: string, keeper: Keeper): (changes: Changes) => void {
  let unwritten: Changes = {};
  return (changes) => {
    unwritten = { ...unwritten, ...changes };
    keeper.keep(FILES.settings, () => {
      keepSettings(folder, unwritten);
      unwritten = {};
    });
  };
}

/**
 * The addresses of the server as the file has them, the best first. What somebody wrote goes before what was learnt.
 */
export function serversOf({ server, servers = [] }: Settings): URL[] {
  return [...new Set([...(server ? [server] : []), ...servers])].map(parseServerAddress);
}

/** The other way round: one address stands as people write it. */
export function settingsOf(servers: readonly URL[]): Pick<Changes, 'server' | 'servers'> {
  const [first, ...others] = servers.map(writeServerAddress);
  return others.length === 0 ? { server: first!, servers: null } : { server: null, servers: [first!, ...others] };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new FatalError(EXIT.STATE, words('agent.state.unreadable', { path, reason: saidBy(error) }));
  }
}
