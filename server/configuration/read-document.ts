import { type ErrorCode, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { type Configuration, configuration } from '../../agent/configuration/schema';
import { explainIssue, saying } from '../../words/explain-issue';
import { type Said, type Words, words } from '../../words/words';
import { AppError } from '../errors';

/** A mistake in a document. Lines and columns count from 1. */
export interface Issue {
  /** The key with dots; empty where the text is no YAML. */
  path: string;
  line: number;
  column: number;
  said: Said;
}

/** What is wrong with a text that is no YAML, where people can be told more than that. */
const YAML_FAULTS: Partial<Record<ErrorCode, Words>> = {
  BAD_INDENT: words('server.yaml.indent'),
  BLOCK_AS_IMPLICIT_KEY: words('server.yaml.colon'),
  DUPLICATE_KEY: words('server.input.twice'),
  MISSING_CHAR: words('server.yaml.missing'),
  MULTILINE_IMPLICIT_KEY: words('server.yaml.colon'),
  TAB_AS_INDENT: words('server.yaml.tab'),
};

/**
 * Reads what somebody wrote. Without issues the document is as the agents take it; an empty text says nothing.
 * @param more what else is wrong with it, to be given its place
 */
export function readDocument(
  text: string,
  more: readonly { path: PropertyKey[]; said: Said }[] = [],
): { document: Configuration; issues: Issue[] } {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const mistakes = parsed.errors.map(({ code, pos }) => ({
    path: '',
    ...place(pos[0]),
    said: YAML_FAULTS[code] ?? words('server.yaml.other'),
  }));
  if (mistakes.length > 0) return { document: {}, issues: mistakes };
  let value: unknown;
  try {
    // Aliases could make of a page of text more than fits into memory.
    value = parsed.toJS({ maxAliasCount: 0 }) ?? {};
  } catch {
    // Nothing else is thrown of a text that was read.
    return { document: {}, issues: [{ path: '', line: 1, column: 1, said: words('server.yaml.alias') }] };
  }
  const result = configuration.safeParse(value);
  if (result.success && more.length === 0) return { document: result.data, issues: [] };
  const found = result.error?.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], said: words('server.configuration.no_key') }))
      : [{ path: issue.path, said: explainIssue(issue) }],
  );
  const issues = [...(found ?? []), ...more];
  return {
    document: {},
    issues: issues.map(({ path, said }) => ({ path: path.join('.'), ...place(offsetOf(parsed.contents, path)), said })),
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
    issues.map(({ path, line, column, said }) => ({
      code: 'custom' as const,
      path: path === '' ? [] : path.split('.'),
      ...saying(words('server.configuration.at', { line: String(line), column: String(column), mistake: said })),
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
