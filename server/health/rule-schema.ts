import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tag } from '../hosts/tags/tag-schema';
import { storableText } from '../storable-text';
import { isByClock, RULE_METRICS } from './rule-metrics';
import { mistake } from '../../words/explain-issue';

/** Every one of them is held against every sample. */
const MOST_RULES = 100;

/** What a host has once, by a name that begins as those of disks do. */
const OF_HOST = ['disk.read', 'disk.written'];
const isOfDisk = (metric: string) => metric.startsWith('disk.') && !OF_HOST.includes(metric);

const EXAMPLE = {
  ...{ metric: 'disk.used_percent', label: '/var', comparison: 'above', threshold: 95, back: 93 },
  ...{ forSeconds: 300, severity: 'critical', scope: { tag: 'env:prod' }, isEnabled: true },
};

const rule = z
  .object({
    id: z.uuid().optional().meta({ description: 'Of the one that it takes the place of; absent for a new one.' }),
    metric: z
      .enum(RULE_METRICS)
      .meta({ description: 'Sizes in bytes, rates a second, `silence` and `clock.offset` in seconds.' }),
    label: storableText(500)
      .nullable()
      .default(null)
      .meta({ description: 'The mount of one disk; null for each of them.' }),
    comparison: z.enum(['above', 'below']).default('above'),
    threshold: z.number(),
    back: z.number().meta({ description: 'What it has to come back to before it counts as well again.' }),
    forSeconds: z
      .number()
      .int()
      .min(0)
      .max(86_400)
      .default(0)
      .meta({ description: 'How long it must have been beyond the threshold without a break.' }),
    severity: z.enum(['warning', 'critical']).default('warning'),
    scope: z
      .union([z.object({ fleet: z.uuid() }), z.object({ tag })])
      .nullable()
      .default(null)
      .meta({
        description:
          'Which hosts it is about: those of a fleet, or with a tag; a key alone is any tag with that key. Null for all. It takes the place of a rule of all hosts with the same metric, label, comparison and severity; of two narrow ones the first counts. One that is not enabled spares its hosts that rule.',
      }),
    isEnabled: z.boolean().default(true),
  })
  .refine(({ comparison, threshold, back }) => (comparison === 'above' ? back <= threshold : back >= threshold), {
    path: ['back'],
    message: mistake('server.input.back'),
  })
  .refine(({ metric, label }) => label === null || isOfDisk(metric), {
    path: ['label'],
    message: mistake('server.input.label'),
  })
  .refine(({ metric, comparison }) => !isByClock(metric) || comparison === (metric === 'silence' ? 'above' : 'below'), {
    path: ['comparison'],
    message: mistake('server.input.comparison'),
  })
  .meta({ id: 'HealthRule', examples: [EXAMPLE] });

export const ruleList = z.object({
  rules: z
    .array(rule)
    .max(MOST_RULES)
    .refine((rules) => {
      const ids = rules.flatMap(({ id }) => id ?? []);
      return new Set(ids).size === ids.length;
    }, mistake('server.input.twice')),
});
export type RuleList = z.infer<typeof ruleList>;

/** One that is in force. */
export type Rule = RuleList['rules'][number] & {
  id: string;
  /** Where it stands in the list, from 0. */
  position: number;
};

/** Of the rules as they are: equal rules have equal ones. RFC 9110, 8.8.3. */
export const etagOf = ({ rules }: RuleList): string =>
  `"${createHash('sha256').update(JSON.stringify(rules)).digest('base64url').slice(0, 22)}"`;

export const taggedList = ruleList.extend({
  etag: z
    .string()
    .meta({ description: 'For `If-Match`; in the header `ETag` too.', examples: ['"n4bQgYhMfWWaL-qgxVrQFa"'] }),
});

/** What replaces the rules. */
export const newRules = ruleList.extend({
  etag: z
    .string()
    .max(100)
    .optional()
    .meta({
      description:
        'What `If-Match` says, for who cannot send it: of the rules that these are made from, or `*` for whatever is there. One of the two has to be sent.',
      examples: ['"n4bQgYhMfWWaL-qgxVrQFa"'],
    }),
});
