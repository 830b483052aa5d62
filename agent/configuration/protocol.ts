import { z } from 'zod';
import { text } from '../wire-text';
import { wireWords } from '../wire-words';
import { demanding } from '../../words/explain-issue';
import { words } from '../../words/words';

/** SHA-256 in hex, of a configuration as the server names it. */
export const configurationHash = z.string().regex(/^[0-9a-f]{64}$/);

/** What a connected host fetches when it is told a hash that is not the one in force. */
export const offeredConfiguration = z.object({
  /** `CONFIGURATION_FORMAT` of the schema by which the server judged it. */
  format: z.number().int(),
  hash: configurationHash,
  /** By `agent/configuration/schema.ts`; an older agent refuses what it does not know. */
  document: z.unknown(),
});
export type OfferedConfiguration = z.infer<typeof offeredConfiguration>;

export const CONFIGURATION_STATUSES = ['waiting', 'applying', 'applied', 'failed', 'rolled_back'] as const;

/** A section and a name, as all keys are that there will be; never a name that every object has already. */
const configurationKey = text(100).regex(
  /^(?!constructor\.|prototype\.)[a-z][a-z0-9_]*\.(?!(constructor|prototype)$)[a-z][a-z0-9_]*$/,
);
export const isConfigurationKey = (key: string) => configurationKey.safeParse(key).success;

const configurationValues = z
  .record(configurationKey, z.union([text(1000), z.number(), z.boolean(), z.array(text(300)).max(64)]))
  .refine((values) => Object.keys(values).length <= 200, demanding(words('common.input.items_most', { count: 200 })));

/**
 * How a host is configured now. Sent when it starts and when it changes. Since 2026-11-30. What may be absent is so
 * only for a server whose answer to the hello has `takesBriefReports`; those of before refuse a report without it.
 */
export const configurationReport = z
  .object({
    /** Of the document in force; null when none ever was, and the machine works by its own settings. */
    inForce: configurationHash.nullable(),
    /**
     * What was set, by key with dots, by the server or on the machine. Anything, for agents may know newer keys.
     * Absent: what the document in force says, which the server has handed over last.
     */
    values: configurationValues.optional(),
    /** Keys of which the machine's owner decided on the machine that the server does not set them. */
    locked: z.array(text(100)).max(200).default([]),
    /** What agent.yaml sets, by key with dots, whatever the server says. */
    local: configurationValues.default({}),
    status: z.enum(CONFIGURATION_STATUSES).default('applied'),
    /** The document that the status is of: the last one it was offered. Absent where that is the one in force. */
    of: configurationHash.nullish(),
    message: text(2000).default(''),
    /** The same where the agent has words for it. Since 2026-11-30. */
    said: wireWords.optional().catch(undefined),
  })
  .transform(({ of, ...report }) => ({ ...report, of: of === undefined ? report.inForce : of }));
export type ConfigurationReport = z.output<typeof configurationReport>;
/** As it is sent: without what goes without saying. */
export type SentConfigurationReport = z.input<typeof configurationReport>;
