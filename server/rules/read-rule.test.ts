import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fields } from './fields';
import { readRule } from './read-rule';
import { columnsOf, DEEPEST_RULE, LONGEST_RULE, MOST_COMPUTED, MOST_VALUES } from './rule';
import { RuleFault } from './rule-fault';
import { ruleOf } from './rule-text';
import { rules } from './testing';
import { writeRule } from './write-rule';

const is = (field: string, operator: string, ...values: string[]) => ({ kind: 'is', field, operator, values });

test('and binds more tightly than or, not more tightly than both, and parentheses most', () => {
  const [linux, prod, small] = [
    is('platform', '=', 'linux'),
    is('tags', 'has', 'env:prod'),
    is('memory', '<', '4294967296'),
  ];
  const [a, b, c] = ['platform = "linux"', 'tags has "env:prod"', 'memory < 4 GiB'];
  expect(readRule(`${a} and ${b} and ${c}`)).toEqual({ kind: 'all', of: [linux, prod, small] });
  expect(readRule(`${a} or ${b} and ${c}`)).toEqual({ kind: 'any', of: [linux, { kind: 'all', of: [prod, small] }] });
  expect(readRule(`(${a} or ${b}) and not ${c}`)).toEqual({
    kind: 'all',
    of: [
      { kind: 'any', of: [linux, prod] },
      { kind: 'not', of: small },
    ],
  });
  expect(readRule(`not ${a} and ${b}`)).toEqual({ kind: 'all', of: [{ kind: 'not', of: linux }, prod] });
});

test.each<[text: string, rule: object]>([
  ['platform=linux', is('platform', '=', 'linux')],
  [' PLATFORM  IN ( Linux,"windows" ) ', is('platform', 'in', 'linux', 'windows')],
  ['name starts with web-', is('name', 'starts with', 'web-')],
  ['os contains "a \\"b\\" \\\\ c"', is('os', 'contains', 'a "b" \\ c')],
  ['name = "and"', is('name', '=', 'and')],
  ['memory >= 1.5GiB', is('memory', '>=', '1610612736')],
  ['memory = 500', is('memory', '=', '500')],
  ['memory < 2 GB and cores > 1', { kind: 'all', of: [is('memory', '<', '2000000000'), is('cores', '>', '1')] }],
  ['certificate_days < 30 days', is('certificate_days', '<', '30')],
  ['certificate_days<-1', is('certificate_days', '<', '-1')],
  ['address in 10.0.0.0/8', is('address', 'in', '10.0.0.0/8')],
  ['address in (2001:db8::/32, 192.0.2.7)', is('address', 'in', '2001:db8::/32', '192.0.2.7')],
  ['os_version >= 12.4', is('os_version', '>=', '12.4')],
  ['kernel contains generic', is('kernel', 'contains', 'generic')],
  ['tags has env', is('tags', 'has', 'env')],
  ['((tags has env))', is('tags', 'has', 'env')],
  ['package has openssl', is('package', 'has', 'openssl')],
  ['package has libstdc++6<"12"', { ...is('package', 'has', 'libstdc++6'), version: { operator: '<', value: '12' } }],
  [
    'package HAS "Notepad++ (64-bit)" starts with 8 and reboot = required',
    {
      kind: 'all',
      of: [
        { ...is('package', 'has', 'Notepad++ (64-bit)'), version: { operator: 'starts with', value: '8' } },
        is('reboot', '=', 'required'),
      ],
    },
  ],
])('%s', (text, rule) => {
  expect(readRule(text)).toEqual(rule);
});

describe('what is wrong is said, and where', () => {
  test.each<[text: string, fault: RuleFault['fault'], at: number]>([
    ['', 'field_expected', 0],
    ['   ', 'field_expected', 0],
    ['colour = red', 'field_expected', 0],
    ['"name" = web', 'field_expected', 0],
    ['constructor = x', 'field_expected', 0],
    ['platform', 'operator_expected', 8],
    ['platform < linux', 'operator_expected', 9],
    ['name starts web', 'operator_expected', 5],
    ['name == web', 'operator_expected', 5],
    ['tags = env', 'operator_expected', 5],
    ['name =', 'value_expected', 6],
    ['name = and', 'value_expected', 7],
    ['name = (web)', 'value_expected', 7],
    ['platform = amiga', 'value_wrong', 11],
    ['memory < four', 'value_wrong', 9],
    ['memory < -1', 'value_wrong', 9],
    ['memory < 4 parsecs', 'end_expected', 11],
    ['memory < 4parsecs', 'value_wrong', 9],
    ['memory < 9007199254740993', 'value_wrong', 9],
    ['cores > 2 GiB', 'end_expected', 10],
    ['certificate_days < 1.5', 'value_wrong', 19],
    ['address = 10.0.0.0/8', 'value_wrong', 10],
    ['address in 10.0.0.0/33', 'value_wrong', 11],
    ['address in 10.0.0', 'value_wrong', 11],
    ['address in fe80::1%eth0', 'value_wrong', 11],
    ['address in ::ffff:10.0.0.1/129', 'value_wrong', 11],
    ['os_version > rolling', 'value_wrong', 13],
    ['package = openssl', 'operator_expected', 8],
    ['package has ""', 'value_wrong', 12],
    ['package has openssl <', 'value_expected', 21],
    ['package has openssl < rolling', 'value_wrong', 22],
    ['package has openssl in (1, 2)', 'end_expected', 20],
    ['package has openssl < 3 < 4', 'end_expected', 24],
    ['name = "web', 'quote_open', 7],
    ['name = "web\\"', 'quote_open', 7],
    ['name = "a\0"', 'value_wrong', 7],
    ['name = "\ud800"', 'value_wrong', 7],
    ['platform in linux', 'opening_expected', 12],
    ['platform in (linux', 'closing_expected', 18],
    ['platform in ()', 'value_expected', 13],
    ['(name = web', 'closing_expected', 11],
    ['name = web)', 'end_expected', 10],
    ['name = web name = db', 'end_expected', 11],
    ['name = web and', 'field_expected', 14],
    ['not', 'field_expected', 3],
  ])('%s', (text, fault, at) => {
    expect(faultOf(text)).toMatchObject({ fault, at });
  });

  test('with what could stand there', () => {
    expect(faultOf('platform = amiga')!.message).toBe(
      'at character 12: this field cannot have that value: linux, windows, macos, freebsd, openbsd, netbsd, other',
    );
  });
});

test('it is bounded in length, in depth and in values', () => {
  const test = 'cores > 1';
  expect(faultOf('x'.repeat(LONGEST_RULE + 1))).toMatchObject({ fault: 'too_long' });
  expect(readRule('('.repeat(DEEPEST_RULE - 1) + test + ')'.repeat(DEEPEST_RULE - 1))).toBeDefined();
  expect(faultOf('('.repeat(DEEPEST_RULE) + test)).toMatchObject({ fault: 'too_deep', at: DEEPEST_RULE });
  expect(faultOf('not '.repeat(400) + test)).toMatchObject({ fault: 'too_deep' });
  const values = (n: number) => `name in (${Array(n).fill('w').join()})`;
  expect(readRule(values(MOST_VALUES))).toBeDefined();
  expect(faultOf(values(MOST_VALUES + 1))).toMatchObject({ fault: 'too_many_values' });
  expect(
    faultOf(
      Array(MOST_VALUES + 1)
        .fill(test)
        .join(' or '),
    ),
  ).toMatchObject({ fault: 'too_many_values' });
});

test('it makes no more of texts than the database has time for, and says from where on it would', () => {
  const costly = Array.from({ length: MOST_COMPUTED }, (_, n) =>
    n % 2 ? `kernel < ${n}` : n % 4 ? `package has p${n} < 1` : `not address = 10.0.0.${n}`,
  );
  // Read as they stand.
  const cheap = 'os_version contains 12 and kernel starts with 6 and cores > 1';
  const most = `${costly.join(' or ')} or ${cheap}`;
  expect(readRule(most)).toBeDefined();
  expect(faultOf(`${most} or  agent_version != 1`)).toMatchObject({ fault: 'too_many_computed', at: most.length + 5 });
  expect(faultOf(`${most} or package has p`)).toMatchObject({ fault: 'too_many_computed' });
  expect(readRule(`address in (${Array(MOST_VALUES).fill('10.0.0.0/8').join()})`)).toBeDefined();
  // As fleets have it of before there was this bound.
  expect(ruleOf(`${most} or agent_version != 1`)).toBeDefined();
});

test('what is written is read as the same rule', () => {
  fc.assert(
    fc.property(rules, (rule) => {
      const text = writeRule(rule);
      fc.pre(text.length <= LONGEST_RULE);
      expect(ruleOf(text)).toEqual(rule);
    }),
    { numRuns: 1000 },
  );
});

test('any text is a rule or has a fault within it, and what is a rule is written as one', () => {
  const piece = fc.constantFrom(
    ...[
      '(',
      ')',
      '"',
      '\\',
      ' ',
      'and',
      'or',
      'not ',
      'name',
      'memory',
      'address',
      'in',
      '=',
      '!',
      '<',
      ',',
      '4',
      'GiB',
    ],
    ...['10.0.0.0/8', 'tags', 'has', 'package', '\0', '\ud800', '\n'],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(piece).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (text) => {
      const fault = faultOf(text);
      if (fault) expect(fault.at).toBeLessThanOrEqual(text.length);
      else expect(readRule(writeRule(readRule(text)))).toEqual(readRule(text));
    }),
    { numRuns: 3000 },
  );
});

test('a rule says which columns it reads, each once', () => {
  const columns = (text: string) => columnsOf(readRule(text), fields);
  expect(columns('not (memory < 4 GiB or cores > 2) and tags has env')).toEqual(['hardware', 'tags']);
  expect(columns('package has b or package has a < 2 or package has a')).toEqual(['package:a', 'package:b']);
});

/** Null: it is a rule. Whatever is thrown that is no fault is thrown on. */
function faultOf(text: string): RuleFault | null {
  try {
    readRule(text);
    return null;
  } catch (error) {
    if (error instanceof RuleFault) return error;
    throw error;
  }
}
