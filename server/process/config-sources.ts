import { readFileSync, statSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { SaidError } from '../../words/said-error';
import { words, type Said, type Words } from '../../words/words';

export type Values = Record<string, unknown>;
export type Environment = Record<string, string | undefined>;

/** Kubernetes describes a service called `sysmanage` to every container in these. */
const INJECTED = /^SYSMANAGE_(SERVICE_(HOST|PORT)|PORT($|_))/;

const MAX_FILE_BYTES = 1024 * 1024;

/** The file's keys and values, unchecked. What hinders reading it goes into `mistakes`, with its mend. */
export function readConfigFile(file: string, mistakes: Said[]): Values {
  const say = (mistake: Said) => mistakes.push(words('server.config.at', { key: file, mistake }));
  try {
    const stats = statSync(file);
    // It may hold the database's password and the secret key. Windows keeps access lists, not modes.
    if (process.platform !== 'win32' && stats.mode & 0o004) {
      say(words('server.config.open', { command: `chmod 600 ${file}` }));
    }
    if (stats.size > MAX_FILE_BYTES) throw new SaidError(words('server.config.too_large', { most: MAX_FILE_BYTES }));
    const values: unknown = readYaml(readFileSync(file, 'utf8')) ?? {};
    if (typeof values !== 'object' || Array.isArray(values)) throw new SaidError(words('server.config.no_mapping'));
    return values as Values;
  } catch (error) {
    say(error instanceof SaidError ? error.said : (error as Error).message.split('\n')[0]!);
    return {};
  }
}

/**
 * Says where the text is wrong, not what is there: the parser's own messages and warnings quote it, and it may be a
 * password.
 */
function readYaml(text: string): unknown {
  const document = parseDocument(text);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const place = problem.linePos?.[0];
    const where = { line: String(place?.line), column: String(place?.col) };
    throw new SaidError(words('server.config.no_yaml', { ...where, code: problem.code }));
  }
  try {
    return document.toJS();
  } catch {
    throw new SaidError(words('server.config.alias'));
  }
}

/** Every key in dotted form, with the schema of its value. */
export function keysOf(object: z.ZodObject, prefix = ''): Map<string, z.ZodType> {
  const keys = new Map<string, z.ZodType>();
  for (const [name, field] of Object.entries(object.shape)) {
    const inner = unwrap(field as z.ZodType);
    if (inner instanceof z.ZodObject) for (const [key, type] of keysOf(inner, `${prefix}${name}.`)) keys.set(key, type);
    else keys.set(prefix + name, inner);
  }
  return keys;
}

function unwrap(type: z.ZodType): z.ZodType {
  const isWrapped = type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault;
  return isWrapped ? unwrap(type.unwrap() as z.ZodType) : type;
}

/**
 * Writes what the environment says over `values`; returns the variable's name for each key it set.
 * A variable that looks like ours and is not is a mistake: a misspelt one would be ignored for years.
 */
export function applyEnvironment(
  values: Values,
  env: Environment,
  keys: Map<string, z.ZodType>,
  mistakes: Said[],
): Map<string, string> {
  const origins = new Map<string, string>();
  const byVariable = new Map(
    [...keys.keys()].map((key) => [`SYSMANAGE_${key.toUpperCase().replaceAll('.', '_')}`, key]),
  );
  if (env.DATABASE_URL && !env.SYSMANAGE_DATABASE_URL) byVariable.set('DATABASE_URL', 'database_url');
  for (const [variable, text] of Object.entries(env)) {
    const key = byVariable.get(variable);
    if (key && text !== undefined) {
      assign(values, key, fromText(text, keys.get(key)!));
      origins.set(key, variable);
    } else if (variable.startsWith('SYSMANAGE_') && variable !== 'SYSMANAGE_CONFIG' && !INJECTED.test(variable)) {
      mistakes.push(
        words('server.config.at', { key: variable, mistake: didYouMean(variable, [...byVariable.keys()]) }),
      );
    }
  }
  return origins;
}

function assign(values: Values, key: string, value: unknown): void {
  const [first, ...rest] = key.split('.') as [string, ...string[]];
  if (rest.length === 0) {
    values[first] = value;
    return;
  }
  const inner = values[first];
  // A section that the file got wrong stays wrong, for the schema to name; a missing one is made.
  if (inner === undefined || inner === null) values[first] = {};
  else if (typeof inner !== 'object') return;
  assign(values[first] as Values, rest.join('.'), value);
}

/** A variable is text. It becomes what its key wants where it can; what it cannot is left for the schema to refuse. */
function fromText(text: string, type: z.ZodType): unknown {
  if (type instanceof z.ZodNumber) return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (type instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (type instanceof z.ZodArray)
    return text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  return text;
}

/** That there is no setting of that name, and the mend. */
export function didYouMean(name: string, known: string[]): Words {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= 3
    ? words('server.config.did_you_mean', { name: nearest.candidate })
    : words('server.config.unknown');
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
