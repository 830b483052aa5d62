import { type Column, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { platform } from '../../agent/protocol';
import { hosts } from '../../db/schema';
import { healthState, hostState } from '../hosts/host-schema';
import { ANY_PACKAGE } from './packages';

const EQUAL = ['=', '!='] as const;
const ORDERED = [...EQUAL, '<', '<=', '>', '>='] as const;
const WITHIN = ['contains', 'starts with'] as const;

/** What may be asked of a field of each kind. */
export const OPERATORS = {
  text: [...EQUAL, 'in', ...WITHIN],
  choice: [...EQUAL, 'in'],
  version: [...ORDERED, ...WITHIN],
  number: ORDERED,
  size: ORDERED,
  days: ORDERED,
  address: [...EQUAL, 'in'],
  tags: ['has'],
  package: ['has'],
} as const;

/** What may be asked of the version of a package. */
export const VERSION_OPERATORS: readonly Operator[] = OPERATORS.version;

export type Kind = keyof typeof OPERATORS;
export type Operator = (typeof OPERATORS)[Kind][number];

/** Whether it looks at the text of a version and not at its numbers. */
export const isWithin = (operator: Operator) => WITHIN.some((one) => one === operator);

interface Field {
  kind: Kind;
  /** Where it stands in `host`, or by what of it it is found. It may be null, which is no value. */
  at: SQLWrapper;
  /** What must be so for it to have a value, if that is more than one column says. */
  when?: SQLWrapper;
  /** What it is put together of, if each of those has an index and the whole has none. */
  parts?: readonly SQLWrapper[];
  /** The same as people read it, where that is another. */
  shown?: SQLWrapper;
  /** The columns it is made of, by their names in the database: what must change for a rule that reads it to change. */
  columns: readonly string[];
  /** What it can be, where that is on a list. */
  choices?: readonly string[];
}

/** Text is compared in small letters, ASCII alone, so that no locale of a database has a say in it. */
const small = (text: SQLWrapper): SQL => sql`lower(${text} collate "C")`;
const textIn = (column: Column): Field => ({ kind: 'text', at: small(column), shown: column, columns: [column.name] });
const fromHardware = (kind: Kind, name: string): Field => {
  const text = sql`(${hosts.hardware} ->> ${sql.raw(`'${name}'`)})`;
  const at = kind === 'text' ? small(text) : sql`${text}::numeric`;
  return { kind, at, shown: text, columns: ['hardware'] };
};
const daysLeft = sql`floor(extract(epoch from nullif(${hosts.certificateEnds}, 'infinity') - now()) / 86400)`;

const FIELDS = {
  // Names are in small letters as they are, and indexed so.
  name: { kind: 'text', at: hosts.fqdn, columns: ['fqdn'] },
  platform: { kind: 'choice', at: hosts.platform, columns: ['platform'], choices: platform.options },
  state: { kind: 'choice', at: hosts.state, columns: ['state'], choices: hostState.options },
  // Of who is not let in it says nothing.
  health: {
    kind: 'choice',
    at: hosts.health,
    when: sql`${hosts.approval} = 'approved' and ${hosts.health} is not null`,
    shown: sql`case when ${hosts.approval} = 'approved' then ${hosts.health} end`,
    columns: ['approval', 'health'],
    choices: healthState.options,
  },
  os: textIn(hosts.osName),
  os_version: { kind: 'version', at: hosts.osVersion, columns: ['os_version'] },
  kernel: { kind: 'version', at: hosts.kernel, columns: ['kernel'] },
  agent_version: { kind: 'version', at: hosts.agentVersion, columns: ['agent_version'] },
  architecture: textIn(hosts.architecture),
  manufacturer: fromHardware('text', 'manufacturer'),
  model: fromHardware('text', 'model'),
  virtualisation: fromHardware('text', 'virtualisation'),
  cpu: fromHardware('text', 'cpuModel'),
  cores: fromHardware('number', 'cpuCores'),
  memory: fromHardware('size', 'memoryBytes'),
  address: { kind: 'address', at: hosts.addresses, columns: ['addresses'] },
  // What people say. Rules decide what a host is given: no machine is in one of these by its own word.
  tags: { kind: 'tags', at: hosts.tags, columns: ['tags'] },
  all_tags: {
    kind: 'tags',
    at: sql`(${hosts.tags} || ${hosts.agentTags})`,
    parts: [hosts.tags, hosts.agentTags],
    columns: ['tags', 'agent_tags'],
  },
  reboot: {
    kind: 'choice',
    at: hosts.reboot,
    when: sql`${hosts.reboot} is not null`,
    columns: ['reboot'],
    choices: hosts.reboot.enumValues,
  },
  package: { kind: 'package', at: hosts.id, columns: [ANY_PACKAGE] },
  certificate_days: { kind: 'days', at: hosts.certificateEnds, shown: daysLeft, columns: ['certificate_ends'] },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;

/** What a rule can ask of a host: docs/rules.md has the same table. */
export const fields: Readonly<Record<FieldName, Field>> = FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];
