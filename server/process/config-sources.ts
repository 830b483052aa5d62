import { readFileSync, statSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';

export type Values = Record<string, unknown>;
export type Environment = Record<string, string | undefined>;

/** Kubernetes describes a service called `sysmanage` to every container in these. */
const INJECTED = /^SYSMANAGE_(SERVICE_(HOST|PORT)|PORT($|_))/;

const MAX_FILE_BYTES = 1024 * 1024;

/** The file's keys and values, unchecked. What hinders reading it goes into `mistakes`, with its mend. */
export function readConfigFile(file: string, mistakes: string[]): Values {
  try {
    const stats = statSync(file);
    // It may hold the database's password and the secret key. Windows keeps access lists, not modes.
    if (process.platform !== 'win32' && stats.mode & 0o004) {
      mistakes.push(`${file}: everyone on this machine can read it; run: chmod 600 ${file}`);
    }
    if (stats.size > MAX_FILE_BYTES) throw new Error(`is larger than ${MAX_FILE_BYTES} bytes`);
    const values: unknown = readYaml(readFileSync(file, 'utf8')) ?? {};
    if (typeof values !== 'object' || Array.isArray(values))
      throw new Error('must be a YAML mapping of keys to values');
    return values as Values;
  } catch (error) {
    mistakes.push(`${file}: ${(error as Error).message.split('\n')[0]}`);
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
    throw new Error(
      `is not valid YAML at line ${place?.line}, column ${place?.col} (${problem.code}); quote text that holds special characters`,
    );
  }
  try {
    return document.toJS();
  } catch {
    throw new Error('has an alias (*name) that stands for nothing or for too much; quote text that begins with *');
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
  mistakes: string[],
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
      mistakes.push(`${variable}: no such setting${didYouMean(variable, [...byVariable.keys()])}`);
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

/** Ends the line about an unknown name with its mend. */
export function didYouMean(name: string, known: string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= 3 ? `; did you mean ${nearest.candidate}?` : '; remove it or correct its name';
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
