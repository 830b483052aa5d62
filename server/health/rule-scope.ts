import { and, not, type SQL, sql } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { ruleCondition } from '../rules/rule-condition';
import type { Rule } from './rule-schema';

/** What a host is in, as far as rules ask for it. */
export interface HostScopes {
  fleets: readonly string[];
  tags: readonly string[];
}

/** Rules of one metric, disk, side and degree: of those one holds for a host. */
const kindOf = ({ metric, label, comparison, severity }: Rule) => JSON.stringify([metric, label, comparison, severity]);

/**
 * Whether the first holds instead of the second where both could: one of a fleet or a tag instead of one of every host,
 * and of two that are both narrow the one that stands before the other.
 */
function isBefore(one: Rule, other: Rule): boolean {
  if (one === other || kindOf(one) !== kindOf(other)) return false;
  if (!one.scope || !other.scope) return Boolean(one.scope);
  return one.position < other.position;
}

/**
 * The rules that a host is held against, in their order: without those in whose place a narrower one stands, be that
 * switched off, too. So a fleet is spared a rule of all hosts.
 */
export function rulesFor(all: readonly Rule[], scopes: HostScopes): Rule[] {
  const there = all.filter(({ scope }) => !scope || isIn(scopes, scope));
  return there.filter((rule) => rule.isEnabled && !there.some((other) => isBefore(other, rule)));
}

const isIn = ({ fleets, tags }: HostScopes, scope: NonNullable<Rule['scope']>) =>
  'fleet' in scope ? fleets.includes(scope.fleet) : tags.some((tag) => isTag(tag, scope.tag));

/** As `tags has` of the rules for hosts (docs/rules.md): a key alone is any tag with that key. */
const isTag = (tag: string, wanted: string) =>
  tag === wanted || (!wanted.includes(':') && tag.startsWith(`${wanted}:`));

/** The same as a condition on `host`; undefined for a rule that holds for all of them. */
export function holdsFor(rule: Rule, all: readonly Rule[]): SQL | undefined {
  const others = all.filter((other) => isBefore(other, rule));
  return and(rule.scope ? inScope(rule.scope) : undefined, ...others.map(({ scope }) => not(inScope(scope!))));
}

const inScope = (scope: NonNullable<Rule['scope']>): SQL =>
  'fleet' in scope
    ? sql`exists (select from fleet_host m where m.fleet_id = ${scope.fleet} and m.host_id = ${hosts.id})`
    : ruleCondition({ kind: 'is', field: 'tags', operator: 'has', values: [scope.tag] });
