/** As much of JSON Schema as our inputs and outputs use. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  const?: unknown;
  default?: unknown;
  enum?: unknown[];
  examples?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
}

/** Of RFC 5737, RFC 3849 and RFC 2606, which nobody has. */
const BY_FORMAT: Record<string, unknown> = {
  uuid: '01890000-0000-7000-8000-000000000000',
  'date-time': '2026-01-31T12:00:00.000Z',
  email: 'admin@example.com',
  ipv4: '192.0.2.7',
  ipv6: '2001:db8::7',
};

/** Text, or what may be anything, by the name of its field, which means the same wherever it stands. A schema that says more itself comes first. */
const BY_NAME: Record<string, unknown> = {
  actor: 'admin@example.com',
  actorId: '01890000-0000-7000-8000-000000000001',
  address: '192.0.2.7',
  addresses: '192.0.2.7',
  after: { role: 'operator' },
  agentVersion: '1.0.0',
  architecture: 'x86_64',
  before: { role: 'viewer' },
  challenge: 'Zm9yIHRoaXMgcmVnaXN0cmF0aW9u',
  code: 'auth.forbidden',
  cpuModel: 'AMD EPYC 7763',
  createdBy: 'admin@example.com',
  csr: '-----BEGIN CERTIFICATE REQUEST-----\n…\n-----END CERTIFICATE REQUEST-----\n',
  decidedBy: 'admin@example.com',
  detail: '192.0.2.7',
  enrolmentToken: 'Rack 4',
  feed: '01890000-0000-7000-8000-000000000000.0',
  filesystem: 'ext4',
  fingerprint: '4b'.repeat(32),
  fingerprintWords: 'acid ocean lunar velvet stove picnic',
  fqdn: 'web-01.example.com',
  id: '01890000-0000-7000-8000-000000000000',
  kernel: '6.1.0-28-amd64',
  language: 'en',
  manufacturer: 'QEMU',
  model: 'Standard PC',
  mount: '/',
  name: 'Rack 4',
  nextCursor: 'WyJ3ZWItMDEiXQ',
  notes: 'Rack 4. Ask the web team before a restart.',
  objectId: '01890000-0000-7000-8000-000000000000',
  objectKind: 'host',
  objectLabel: 'web-01.example.com',
  osName: 'Debian GNU/Linux',
  osVersion: '12',
  registeredFrom: '192.0.2.7',
  requestId: '01890000-0000-7000-8000-000000000000',
  serial: '4BD1',
  servers: 'https://sysmanage.example.com:6443',
  tags: 'rack-4',
  token: 'x'.repeat(43),
  userAgent: 'Mozilla/5.0',
  virtualisation: 'kvm',
};

/**
 * A value as a schema has it, put together from what its parts say of themselves: `.meta({ examples })`, what can be
 * nothing else, or the name of the field.
 * @param resolve finds what a `$ref` names
 * @throws Error for text of which nobody has said what it looks like
 */
export function exampleOf(schema: Schema, resolve: (ref: string) => Schema, name = ''): unknown {
  if (schema.$ref) return exampleOf(resolve(schema.$ref), resolve, name);
  const [said = schema.const ?? schema.default ?? schema.enum?.[0]] = schema.examples ?? [];
  if (said !== undefined) return said;
  // What may be null is more telling when it is not.
  if (schema.anyOf) return exampleOf(schema.anyOf.find(({ type }) => type !== 'null')!, resolve, name);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([field, part]) => [field, exampleOf(part, resolve, field)]));
    case 'array':
      return [exampleOf(schema.items!, resolve, name)];
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return false;
    default:
      return BY_FORMAT[schema.format ?? ''] ?? byName(name);
  }
}

function byName(name: string): unknown {
  const value = BY_NAME[name];
  if (value === undefined) throw new Error(`nobody has said what ${name} looks like: give its schema an example, or BY_NAME`);
  return value;
}
