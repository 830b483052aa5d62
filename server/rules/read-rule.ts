import {
  FIELD_NAMES,
  type FieldName,
  fields,
  isWithin,
  type Kind,
  type Operator,
  OPERATORS,
  VERSION_OPERATORS,
} from './fields';
import { readValue, UNITS } from './read-value';
import { type AskedVersion, DEEPEST_RULE, LONGEST_RULE, MOST_COMPUTED, MOST_VALUES, type Rule } from './rule';
import { RuleFault } from './rule-fault';

type TokenKind = 'word' | 'text' | 'sign' | 'end';
interface Token {
  kind: TokenKind;
  /** As written; of a quoted text what it means. */
  text: string;
  /** Where it begins, in UTF-16 code units from 0. */
  at: number;
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([=<>!]=?|[(),])|([^\s"(),=<>!]+)|(\S))/suy;
/** What a value is compared with. */
interface Compared {
  kind: Kind;
  choices?: readonly string[];
}

const KEYWORDS = new Set(['and', 'or', 'not']);

/**
 * What a rule's text means. The grammar is in docs/rules.md.
 * Throws `RuleFault`, which says what is wrong and where.
 * @param mostComputed comparisons of versions, addresses and packages
 */
export function readRule(text: string, mostComputed = MOST_COMPUTED): Rule {
  if (text.length > LONGEST_RULE) throw new RuleFault('too_long', LONGEST_RULE);
  const tokens = readTokens(text);
  let next = 0;
  let values = 0;
  let computed = 0;

  const peek = () => tokens[next]!;
  /** The next token, if it is this keyword or sign. */
  function take(word: string): boolean {
    const { kind, text } = peek();
    const isIt = kind === 'sign' ? text === word : kind === 'word' && text.toLowerCase() === word;
    if (isIt) next++;
    return isIt;
  }
  const fail = (fault: RuleFault['fault'], expected?: readonly string[]): never => {
    throw new RuleFault(fault, peek().at, expected);
  };

  function readAny(depth: number): Rule {
    return joined('any', 'or', () => joined('all', 'and', () => readOne(depth)));
  }

  function joined(kind: 'all' | 'any', word: string, read: () => Rule): Rule {
    const of = [read()];
    while (take(word)) of.push(read());
    return of.length === 1 ? of[0]! : { kind, of };
  }

  function readOne(depth: number): Rule {
    if (depth > DEEPEST_RULE) fail('too_deep');
    if (take('not')) return { kind: 'not', of: readOne(depth + 1) };
    if (!take('(')) return readComparison();
    const inner = readAny(depth + 1);
    if (!take(')')) fail('closing_expected');
    return inner;
  }

  function readComparison(): Rule {
    const { kind, text, at } = peek();
    const field = FIELD_NAMES.find((name) => name === text.toLowerCase());
    if (kind !== 'word' || !field) return fail('field_expected', FIELD_NAMES);
    next++;
    const known: readonly Operator[] = OPERATORS[fields[field].kind];
    const operator = takeOperator(known) ?? fail('operator_expected', known);
    if (isComputed(field, operator) && ++computed > mostComputed) throw new RuleFault('too_many_computed', at);
    const values = readValues(field, operator);
    const version = fields[field].kind === 'package' ? readVersion() : null;
    return { kind: 'is', field, operator, values, ...(version && { version }) };
  }

  const takeOperator = (known: readonly Operator[]): Operator | undefined =>
    known.find((one) => {
      const before = next;
      const isAll = one.split(' ').every(take);
      if (!isAll) next = before;
      return isAll;
    });

  /** What stands behind the name of a package, if anything of its version is asked. */
  function readVersion(): AskedVersion | null {
    const operator = takeOperator(VERSION_OPERATORS);
    return operator ? { operator, value: readOneValue({ kind: 'version' }, operator) } : null;
  }

  function readValues(field: FieldName, operator: Operator): string[] {
    // One network stands as it is.
    if (operator !== 'in' || !take('(')) {
      if (operator === 'in' && fields[field].kind !== 'address') fail('opening_expected');
      return [readOneValue(fields[field], operator)];
    }
    const found = [readOneValue(fields[field], operator)];
    while (take(',')) found.push(readOneValue(fields[field], operator));
    if (!take(')')) fail('closing_expected');
    return found;
  }

  function readOneValue(of: Compared, operator: Operator): string {
    const { kind, text } = peek();
    const isValue = kind === 'text' || (kind === 'word' && !KEYWORDS.has(text.toLowerCase()));
    if (!isValue) fail('value_expected');
    if (++values > MOST_VALUES) fail('too_many_values');
    const value = readValue({ ...of, operator }, kind === 'word' ? withUnit(of, text) : text);
    if (value === null) fail('value_wrong', of.choices);
    next++;
    return value!;
  }

  /** `4 GiB` is one value, with or without the space. */
  function withUnit(of: Compared, text: string): string {
    const { kind, text: after } = tokens[next + 1]!;
    const isUnit = kind === 'word' && UNITS[of.kind]?.(after);
    if (!isUnit || !/^-?[0-9.]+$/.test(text)) return text;
    next++;
    return `${text} ${after}`;
  }

  const rule = readAny(1);
  if (peek().kind !== 'end') fail('end_expected');
  return rule;
}

/** Whether it is made of a text for each host, or of all that hosts have installed. */
function isComputed(field: FieldName, operator: Operator): boolean {
  const { kind } = fields[field];
  return kind === 'address' || kind === 'package' || (kind === 'version' && !isWithin(operator));
}

function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) return [...tokens, { kind: 'end', text: '', at: from }];
    const [whole, quoted, sign, word, other] = found;
    const at = from + whole.length - (quoted ?? sign ?? word ?? other)!.length;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1).replace(/\\(.)/gsu, '$1'), at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    // Nothing but a quotation mark that is never closed is left over.
    else throw new RuleFault('quote_open', at);
  }
}
