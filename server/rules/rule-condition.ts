import { and, eq, not, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { hosts, hostSoftware, software } from '../../db/schema';
import { numbersInOrder } from '../../db/schema/hosts';
import { asciiLower } from './ascii-lower';
import { fields, isWithin, type Operator } from './fields';
import type { AskedVersion, Rule } from './rule';

/** `few`: of so few hosts that each is looked at by itself, or else of who knows how many. */
export type Asked = 'few' | 'many';

type Comparison = Extract<Rule, { kind: 'is' }>;

/** So many numbers of a version are compared. */
const VERSION_NUMBERS = 8;

/** Days from now that a certificate may end, whatever its dates: 1970 to 9999 (RFC 5280, 4.1.2.5). */
const FAR = 3_000_000;
const LONG_AGO = -1_000_000;

/**
 * A rule as a condition on `host`, true or false of each and never null: what is not known has no value, and no
 * comparison with it holds. Everything that a person wrote is a parameter.
 * @param asked of how many hosts: the answer is the same, and costs another
 */
export function ruleCondition(rule: Rule, asked: Asked = 'many'): SQL {
  const each = (of: Rule[]) => of.map((part) => ruleCondition(part, asked));
  switch (rule.kind) {
    case 'all':
      return sql`(${and(...each(rule.of))})`;
    case 'any':
      return sql`(${or(...each(rule.of))})`;
    case 'not':
      return not(ruleCondition(rule.of, asked));
    case 'is': {
      const { operator, ...comparison } = rule;
      // The opposite of what may be unknown is not the opposite of the condition.
      return operator === '!=' ? not(holds({ ...comparison, operator: '=' }, asked)) : holds(rule, asked);
    }
  }
}

function holds(rule: Comparison, asked: Asked): SQL {
  const { field, operator, values } = rule;
  const { kind, at, when, parts = [at] } = fields[field];
  const [value = ''] = values;
  switch (kind) {
    case 'choice':
      return when ? sql`(${when} and ${at} in (${list(values)}))` : sql`${at} in (${list(values)})`;
    case 'text':
      return known(compareText(at, operator, values.map(asciiLower)));
    case 'version':
      return isVersion(at, { operator, value });
    case 'number':
    case 'size':
      return known(sql`${at} ${sign(operator)} ${value}::numeric`);
    case 'days':
      return compareDays(at, operator, Number(value));
    case 'address': {
      // Made an address once, whatever it is compared with.
      return sql`exists (select 1 from jsonb_array_elements_text(${at}) one (address)
        where one.address::inet <<= any (${`{${values.join()}}`}::inet[]))`;
    }
    case 'tags':
      return sql`(${or(...parts.map((part) => hasTag(part, value)))})`;
    case 'package':
      return hasPackage(rule, asked);
  }
}

/**
 * Who has a package is asked of all hosts at once, by the index of sets and whatever else is asked, or of each by
 * itself: of the numbers that it has, each looked up among those that the name has. Neither is more for a name that has
 * as many versions as there are hosts, unlike the comparison of one set with the other.
 */
function hasPackage(rule: Comparison, asked: Asked): SQL {
  return asked === 'many'
    ? sql`${hosts.id} in (select ${hostSoftware.hostId} from ${hostSoftware}
        where ${hostSoftware.softwareIds} && array(${numbersOf(rule)}) offset 0)`
    : known(sql`(select bool_or(one.number in (${numbersOf(rule)}))
        from ${hostSoftware} cross join unnest(${hostSoftware.softwareIds}) one (number) where ${hostSoftware.hostId} = ${hosts.id})`);
}

/** What the versions of a package are called in the sets of hosts, as far as they are asked for. */
function numbersOf({ values: [name], version }: Comparison): SQL {
  return sql`select ${software.id} from ${software} where ${and(
    eq(software.name, name!),
    version && isVersion(software.version, version),
  )}`;
}

/** In which versions a host has the package that is asked for, as people read it. */
export const versionsInstalled = ({ values: [name] }: Comparison): SQL => sql`(
  select string_agg(${software.version}, ', ' order by ${numbersInOrder(software.version)})
  from ${hostSoftware} cross join unnest(${hostSoftware.softwareIds}) one (number) join ${software} on ${software.id} = one.number
  where ${hostSoftware.hostId} = ${hosts.id} and ${software.name} = ${name})`;

function isVersion(at: SQLWrapper, { operator, value }: AskedVersion): SQL {
  if (operator === '!=') return not(isVersion(at, { operator: '=', value }));
  return known(
    isWithin(operator)
      ? compareText(sql`lower(${at} collate "C")`, operator, [asciiLower(value)])
      : compareVersion(at, operator, value),
  );
}

const list = (values: string[]) =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );
const known = (condition: SQL) => sql`coalesce(${condition}, false)`;

const SIGNS: Partial<Record<Operator, SQL>> = {
  ...{ '=': sql`=`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` },
};
const sign = (operator: Operator) => SIGNS[operator]!;

function compareText(at: SQLWrapper, operator: Operator, values: string[]): SQL {
  if (operator === 'contains') return sql`strpos(${at}, ${values[0]}) > 0`;
  if (operator === 'starts with') return sql`starts_with(${at}, ${values[0]})`;
  return sql`${at} in (${list(values)})`;
}

/** By the numbers in it, one after the other, as if zeros followed: 6.1 is 6.1.0, and 6.10 is later than 6.9. */
function compareVersion(at: SQLWrapper, operator: Operator, version: string): SQL {
  const numbers = (version.match(/[0-9]+/g) ?? []).slice(0, VERSION_NUMBERS);
  const zeros = Array<string>(VERSION_NUMBERS - numbers.length).fill('0');
  const most = sql.raw(String(VERSION_NUMBERS));
  // Without a query within the query, which takes twice as long.
  const parts = sql`array_remove(regexp_split_to_array(${at}, '[^0-9]+'), '')`;
  const said = sql`(${parts} || array_fill('0'::text, array[${most}]))[1:${most}]::numeric[]`;
  return sql`case when ${at} ~ '[0-9]' then ${said} ${sign(operator)} ${`{${[...numbers, ...zeros].join()}}`}::numeric[] end`;
}

/** By whole days that are left, rounded down: on its last day a certificate has 0. None has no end. */
function compareDays(at: SQLWrapper, operator: Operator, asked: number): SQL {
  // Further away there may be no moment that the database can hold; as little is true of it as of these.
  const days = Math.min(Math.max(asked, LONG_AGO), FAR);
  const after = (n: number) => sql`now() + ${n}::int * interval '24 hours'`;
  const from = operator === '>' ? days + 1 : operator === '>=' || operator === '=' ? days : null;
  const to = operator === '<' ? days : operator === '<=' || operator === '=' ? days + 1 : null;
  return sql`(${and(
    sql`${at} <> 'infinity'`,
    from === null ? undefined : sql`${at} >= ${after(from)}`,
    to === null ? undefined : sql`${at} < ${after(to)}`,
  )})`;
}

/** A key alone is any tag with that key. A whole tag is found by the index of those that have any. */
function hasTag(at: SQLWrapper, tag: string): SQL {
  if (tag.includes(':')) return sql`(${at} <> '[]' and ${at} @> ${JSON.stringify([tag])}::jsonb)`;
  return sql`exists (select 1 from jsonb_array_elements_text(${at}) one (tag)
    where one.tag = ${tag} or starts_with(one.tag, ${`${tag}:`}))`;
}
