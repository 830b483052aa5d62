import { BlockList, isIPv4 } from 'node:net';
import fc from 'fast-check';
import type { hosts } from '../../db/schema';
import { FIELD_NAMES, type FieldName, fields, isWithin, type Kind, OPERATORS } from './fields';
import type { AskedVersion, Rule } from './rule';

type Test = Extract<Rule, { kind: 'is' }>;
type SomeHost = { packages: [name: string, version: string][] } & Pick<
  typeof hosts.$inferSelect,
  | ('fqdn' | 'platform' | 'state' | 'osName' | 'osVersion' | 'kernel' | 'agentVersion' | 'architecture')
  | ('hardware' | 'addresses' | 'tags' | 'agentTags' | 'certificateEnds' | 'approval' | 'health' | 'reboot')
>;

/** Few, so that some of them meet. */
const WORDS = [
  'web',
  'Web-01',
  'db',
  'Debian GNU/Linux',
  'x86_64',
  '%',
  '_',
  'a"b\\c',
  "'; drop table host; --",
  'ẞ',
  '',
];
const VERSIONS = [
  '12',
  '12.0',
  '6.1.0-28-amd64',
  '6.10',
  '6.9.3',
  '1.2.3.4.5.6.7.8.9',
  '99999999999999999999999',
  'v2',
];
const ADDRESSES = ['192.0.2.7', '192.0.2.200', '10.1.2.3', '2001:db8::7', '2001:db8:1::', '::1'];
const NETWORKS = ['192.0.2.0/24', '192.0.2.9/25', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::/0', '192.0.2.7/32'];
const TAGS = ['env:prod', 'env:test', 'env', 'rack-4', 'a:b:c', 'Env:prod', 'x"y'];
const PACKAGES = ['openssl', 'OpenSSL', 'libstdc++6', 'a "b" = c'];
const sizes = fc.constantFrom('0', '1', '1000', '1024', '2147483648', '4294967296', '4294967297');
const numbers = fc.constantFrom('0', '1', '2', '4', '64', '0.5');
const days = fc.integer({ min: -3, max: 40 }).map(String);

/** A value as rules keep it, of a field's kind. */
function valuesOf(field: FieldName, operator: Test['operator']): fc.Arbitrary<string> {
  const { kind, choices } = fields[field];
  const made: Record<Kind, () => fc.Arbitrary<string>> = {
    text: () => fc.constantFrom(...WORDS),
    choice: () => fc.constantFrom(...choices!),
    version: () => fc.constantFrom(...VERSIONS),
    number: () => numbers,
    size: () => sizes,
    days: () => days,
    address: () => fc.constantFrom(...ADDRESSES, ...(operator === 'in' ? NETWORKS : [])),
    tags: () => fc.constantFrom(...TAGS),
    package: () => fc.constantFrom(...PACKAGES),
  };
  return made[kind]();
}

const versions = fc.option(
  fc.record(
    { operator: fc.constantFrom(...OPERATORS.version), value: fc.constantFrom(...VERSIONS) },
    { noNullPrototype: true },
  ),
);

const tests: fc.Arbitrary<Rule> = fc
  .constantFrom(...FIELD_NAMES)
  .chain((field) => fc.tuple(fc.constant(field), fc.constantFrom(...OPERATORS[fields[field].kind])))
  .chain(([field, operator]) =>
    fc
      .tuple(fc.array(valuesOf(field, operator), { minLength: 1, maxLength: operator === 'in' ? 3 : 1 }), versions)
      .map(([values, version]) => ({
        ...{ kind: 'is' as const, field, operator, values },
        ...(version && field === 'package' && { version }),
      })),
  );

/** Rules of every shape. */
export const rules: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 4, arbitrary: tests },
    { weight: 1, arbitrary: tie('rule').map((of) => ({ kind: 'not' as const, of })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(tie('rule'), { minLength: 2, maxLength: 3 }))
        .map(([kind, of]) => ({ kind, of })),
    },
  ),
})).rule;

/** A host of which anything may be unknown. */
export const someHosts = fc.record({
  platform: fc.constantFrom('linux' as const, 'windows' as const, 'other' as const),
  approval: fc.constantFrom('pending' as const, 'conflict' as const, 'approved' as const, 'revoked' as const),
  health: fc.constantFrom(null, 'ok' as const, 'warning' as const, 'critical' as const),
  reboot: fc.constantFrom(null, 'required' as const, 'not_required' as const),
  presence: fc.constantFrom(undefined, 'up' as const, 'down' as const),
  osName: fc.constantFrom(...WORDS),
  osVersion: fc.constantFrom(...VERSIONS, '', 'rolling', '١٢'),
  kernel: fc.option(fc.constantFrom(...VERSIONS, '')),
  agentVersion: fc.constantFrom(...VERSIONS),
  architecture: fc.option(fc.constantFrom(...WORDS)),
  hardware: fc.option(
    fc.record(
      {
        ...{ manufacturer: fc.constantFrom(...WORDS), model: fc.constantFrom(...WORDS) },
        ...{ virtualisation: fc.constantFrom(...WORDS), cpuModel: fc.constantFrom(...WORDS) },
        ...{ cpuCores: fc.constantFrom(0, 1, 2, 64), memoryBytes: sizes.map(Number) },
      },
      { noNullPrototype: true },
    ),
  ),
  addresses: fc.uniqueArray(fc.oneof(fc.constantFrom(...ADDRESSES), fc.ipV4(), fc.ipV6()), { maxLength: 3 }),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
  agentTags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 2 }),
  packages: fc.uniqueArray(fc.tuple(fc.constantFrom(...PACKAGES), fc.constantFrom(...VERSIONS, 'rolling')), {
    maxLength: 3,
    selector: (one) => one.join(),
  }),
  /** How many hours its certificate has left; never at a day's very end, which moves while the test runs. */
  hoursLeft: fc.option(fc.integer({ min: -60, max: 1000 }).map((hours) => hours + 0.5)),
});

/** What a rule says of a host, in JavaScript and without the database. */
export function evaluate(rule: Rule, host: SomeHost, now: Date): boolean {
  switch (rule.kind) {
    case 'all':
      return rule.of.every((part) => evaluate(part, host, now));
    case 'any':
      return rule.of.some((part) => evaluate(part, host, now));
    case 'not':
      return !evaluate(rule.of, host, now);
    case 'is':
      return rule.operator === '!=' ? !holds({ ...rule, operator: '=' }, host, now) : holds(rule, host, now);
  }
}

function holds({ field, operator, values, version: asked }: Test, host: SomeHost, now: Date): boolean {
  const { hardware } = host;
  const [value] = values as [string];
  const text = (said: string | null | undefined) => typeof said === 'string' && compareTexts(operator, said, values);
  const number = (said: number | null | undefined) =>
    typeof said === 'number' && ordered(operator, said - Number(value));
  const version = (said: string | null) => said !== null && isVersion(said, { operator, value });
  switch (field) {
    case 'name':
      return text(host.fqdn);
    case 'platform':
      return values.includes(host.platform);
    case 'state':
      return values.includes(host.state);
    case 'health':
      return host.approval === 'approved' && host.health !== null && values.includes(host.health);
    case 'reboot':
      return host.reboot !== null && values.includes(host.reboot);
    case 'os':
      return text(host.osName);
    case 'os_version':
      return version(host.osVersion);
    case 'kernel':
      return version(host.kernel);
    case 'agent_version':
      return version(host.agentVersion);
    case 'architecture':
      return text(host.architecture);
    case 'manufacturer':
    case 'model':
    case 'virtualisation':
      return text(hardware?.[field]);
    case 'cpu':
      return text(hardware?.cpuModel);
    case 'cores':
      return number(hardware?.cpuCores);
    case 'memory':
      return number(hardware?.memoryBytes);
    case 'address':
      return values.some((network) => host.addresses.some((address) => isWithinNetwork(address, network)));
    case 'tags':
    case 'all_tags':
      return (field === 'tags' ? host.tags : [...host.tags, ...host.agentTags]).some(
        (tag) => tag === value || (!value.includes(':') && tag.startsWith(`${value}:`)),
      );
    case 'package':
      return host.packages.some(([name, said]) => {
        if (name !== value) return false;
        if (!asked) return true;
        return asked.operator === '!=' ? !isVersion(said, { ...asked, operator: '=' }) : isVersion(said, asked);
      });
    case 'certificate_days': {
      if (host.certificateEnds === 'infinity') return false;
      return number(Math.floor((Date.parse(host.certificateEnds) - now.getTime()) / 86_400_000));
    }
  }
}

function isVersion(said: string, { operator, value }: AskedVersion): boolean {
  if (isWithin(operator)) return compareTexts(operator, said, [value]);
  return /[0-9]/.test(said) && ordered(operator, compareVersions(said, value));
}

const small = (text: string) => text.replace(/[A-Z]/g, (capital) => capital.toLowerCase());

function compareTexts(operator: Test['operator'], said: string, values: string[]): boolean {
  const [value] = values.map(small) as [string];
  if (operator === 'contains') return small(said).includes(value);
  if (operator === 'starts with') return small(said).startsWith(value);
  return values.map(small).includes(small(said));
}

function ordered(operator: Test['operator'], difference: number): boolean {
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  if (operator === '>') return difference > 0;
  return operator === '>=' ? difference >= 0 : difference === 0;
}

function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => (text.match(/[0-9]+/g) ?? []).map(BigInt)) as [bigint[], bigint[]];
  for (let i = 0; i < 8; i++) {
    const difference = (a[i] ?? 0n) - (b[i] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

function isWithinNetwork(address: string, network: string): boolean {
  const family = (text: string) => (isIPv4(text) ? 'ipv4' : 'ipv6');
  const [net, bits] = network.split('/') as [string, string?];
  // Node takes an IPv4 address within IPv6 for the IPv4 one.
  if (family(address) !== family(net)) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(bits ?? (isIPv4(net) ? 32 : 128)), family(net));
  return list.check(address, family(address));
}
