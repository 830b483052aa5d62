import { z } from 'zod';
import { fleetHosts, fleetMembers } from '../../db/schema';
import { hostEvent, type HostState } from '../hosts/host-schema';
import { tags } from '../hosts/tags/tag-schema';
import { counted } from '../list/list';
import { instant, nextCursor, textLike } from '../rest/schema';
import { ruleText } from '../rules/rule-text';
import { storableText } from '../storable-text';

const name = storableText(100)
  .trim()
  .min(1)
  .meta({ examples: ['Shop'] });
const description = storableText(1000)
  .trim()
  .meta({ examples: ['What customers see.'] });
/** A form says by an empty field that there is none. */
const rule = z.preprocess((value) => (value === '' ? null : value), ruleText.nullable());

export const newFleet = z.object({
  name,
  description: description.default(''),
  tags: tags
    .default([])
    .meta({ description: 'What its hosts are tagged with while they are in it. No rule reads them.' }),
  rule: rule.default(null).meta({ description: 'Whose hosts are in it besides those that are listed: docs/rules.md.' }),
});

export const fleetChanges = z.object({
  name: name.optional(),
  description: description.optional(),
  tags: tags.optional().meta({ description: 'All that it is to give.' }),
  rule: rule.optional().meta({ description: 'Null for none.' }),
});

export const fleetRow = z
  .object({
    id: z.string().meta({ format: 'uuid' }),
    name: textLike('Shop'),
    description: textLike('What customers see.'),
    tags: z.array(textLike('env:prod')).meta({ description: 'What its hosts are tagged with while they are in it.' }),
    rule: textLike('platform = "linux"').nullable(),
    hosts: z.number().int().meta({ description: 'How many are in it.' }),
    isSettled: z
      .boolean()
      .meta({ description: 'False while the hosts of a changed rule are being looked for, which takes seconds.' }),
    createdAt: instant,
  })
  .meta({ id: 'Fleet' });
export type FleetRow = z.infer<typeof fleetRow>;

export const fleetPage = z.object({ fleets: z.array(fleetRow), nextCursor, ...counted });

const n = z.number().int();
const countedAs = (example: string) => z.object({ name: textLike(example), hosts: n });
const mostOf = (example: string) => z.object({ shown: z.array(countedAs(example)), others: n });
const inState = { ...{ up: n, down: n, never: n, pending: n, conflict: n, rejected: n, revoked: n } } satisfies Record<
  HostState,
  z.ZodType
>;

export const fleetDetail = fleetRow.extend({
  excepted: z
    .array(
      z.object({
        id: z.string().meta({ format: 'uuid' }),
        fqdn: textLike('web-01.example.com'),
        by: textLike('admin@example.com'),
        at: instant,
      }),
    )
    .meta({ description: 'Hosts that are not in it, whatever its rule says; at most 100, by name.' }),
  isConfigured: z.boolean().meta({ description: 'Whether its hosts have a configuration by it, which goes with it.' }),
  states: z.object(inState).meta({ description: 'How many of them are in which state.' }),
  health: z
    .object({ ok: n, warning: n, critical: n })
    .meta({ description: 'How well those are that were let in and measured.' }),
  platforms: z.array(countedAs('linux')).meta({ description: 'The most frequent first.' }),
  systems: mostOf('Debian GNU/Linux 12').meta({ description: 'The ten most frequent, and how many have another.' }),
  agents: mostOf('1.0.0').meta({ description: 'By the version of the agent, likewise.' }),
});

const fleetEvent = hostEvent.extend({
  host: z.object({ id: z.string().meta({ format: 'uuid' }), fqdn: textLike('web-01.example.com') }),
});
export const fleetEvents = z.object({
  events: z.array(fleetEvent).meta({ description: 'Latest first, at most 50, of ninety days.' }),
});

const some = z.object({
  total: z.number().int(),
  hosts: z
    .array(z.object({ id: z.string().meta({ format: 'uuid' }), fqdn: textLike('web-01.example.com') }))
    .meta({ description: 'The first of them by name.' }),
});

/** Who would be in it. */
export const rulePreview = z.object({
  total: z.number().int().meta({ description: 'How many hosts it would have.' }),
  entering: some,
  leaving: some,
});

/** Why a host is in a fleet or not. */
export const membershipReasons = z.object({
  host: z.object({ id: z.string().meta({ format: 'uuid' }), fqdn: textLike('web-01.example.com') }),
  fleet: z.object({ id: z.string().meta({ format: 'uuid' }), name: textLike('Shop') }),
  how: z.enum(fleetHosts.how.enumValues).nullable().meta({ description: 'How it is a member; null when it is none.' }),
  since: instant.nullable(),
  decided: z
    .object({ kind: z.enum(fleetMembers.kind.enumValues), by: textLike('admin@example.com'), at: instant })
    .nullable()
    .meta({ description: 'What people decided of it, whatever the rule says.' }),
  rule: textLike('platform = "linux"').nullable(),
  holds: z.boolean().nullable().meta({ description: 'Whether the rule is true of it now; null without a rule.' }),
  reasons: z
    .array(
      z.object({
        comparison: textLike('platform = "linux"'),
        value: textLike('linux')
          .nullable()
          .meta({ description: 'What the host has there; null where it is not known.' }),
        holds: z.boolean(),
        decides: z.boolean().meta({ description: 'Whether the rule is what it is of the host because of this.' }),
      }),
    )
    .meta({ description: 'The comparisons of the rule, in the order of its text.' }),
});
