import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { type Configuration, configuration } from '../../agent/configuration/schema';
import { AppError } from '../errors';

/** A mistake in a document. Lines and columns count from 1. */
export interface Issue {
  /** The key with dots; empty where the text is no YAML. */
  path: string;
  line: number;
  column: number;
  message: string;
}

/**
 * Reads what somebody wrote. Without issues the document is as the agents take it; an empty text says nothing.
 * @param more what else is wrong with it, to be given its place
 */
export function readDocument(
  text: string,
  more: readonly { path: PropertyKey[]; message: string }[] = [],
): { document: Configuration; issues: Issue[] } {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const mistakes = parsed.errors.map(({ message, pos }) => ({
    path: '',
    ...place(pos[0]),
    // It goes on with an excerpt of the text.
    message: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
  }));
  if (mistakes.length > 0) return { document: {}, issues: mistakes };
  let value: unknown;
  try {
    // Aliases could make of a page of text more than fits into memory.
    value = parsed.toJS({ maxAliasCount: 0 }) ?? {};
  } catch (error) {
    return { document: {}, issues: [{ path: '', line: 1, column: 1, message: (error as Error).message }] };
  }
  const result = configuration.safeParse(value);
  if (result.success && more.length === 0) return { document: result.data, issues: [] };
  const found = result.error?.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'There is no such key' }))
      : [issue],
  );
  const issues = [...(found ?? []), ...more];
  return {
    document: {},
    issues: issues.map(({ path, message }) => ({
      path: path.join('.'),
      ...place(offsetOf(parsed.contents, path)),
      message,
    })),
  };
}

/** The document, or `configuration.invalid` with what is wrong and where. */
export function demandDocument(text: string): Configuration {
  const { document, issues } = readDocument(text);
  demandNone(issues);
  return document;
}

/** Throws `configuration.invalid` with what is wrong and where, if anything is. */
export function demandNone(issues: readonly Issue[]): void {
  if (issues.length === 0) return;
  const cause = new z.ZodError(
    issues.map(({ path, line, column, message }) => ({
      code: 'custom' as const,
      path: path === '' ? [] : path.split('.'),
      message: `line ${line}, column ${column}: ${message}`,
      input: undefined,
    })),
  );
  throw new AppError('configuration.invalid', { cause });
}

/** Where in the text it stands: the key, not its value, for what is wrong may be that it is there. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  let at = root?.range?.[0] ?? 0;
  let node: unknown = root;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return at;
      at = (isScalar(pair.key) && pair.key.range?.[0]) || at;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      at = (node as Node | undefined)?.range?.[0] ?? at;
    } else return at;
  }
  return at;
}
