/**
 * The wire between agent and server, whole and in order. Changes only add: an optional field or a new `kind`.
 * A number here that agents of an older protocol rely on is never reused. What is said of commands, of the
 * configuration and of facts is in the `protocol.ts` of each. Imports zod only, because both ends ship it.
 */
import { z } from 'zod';
import { cancelItem, commandAbilities, commandsItem } from './commands/protocol';
import { configurationHash, offeredConfiguration } from './configuration/protocol';
import { text } from './wire-text';
import { mistake } from '../words/explain-issue';

export * from './configuration/protocol';
export * from './facts/protocol';

/** Sent in `hello`. The server speaks this and the two numbers before it. */
export const PROTOCOL = 1;

/** The path of the agents' WebSocket on the API listener. */
export const AGENT_SOCKET_PATH = '/api/agent/connect';

/** Carries the token of `agents.connectionToken` to that path: a header, because addresses end up in logs. */
export const CONNECTION_TOKEN_HEADER = 'x-sysmanage-connection';

/** Close codes: 1012 and 1013 are from the IANA WebSocket close code registry, 4xxx are ours. */
export const CLOSE = {
  /** The server stops or restarts; come back within the window named in the reason. */
  SERVICE_RESTART: 1012,
  /**
   * Come back within the window named in the reason: to be held back no more, or because there are too many at once.
   */
  TRY_AGAIN_LATER: 1013,
  /** This host may no longer connect. The wire does not say why. */
  ACCESS_WITHDRAWN: 4001,
  /** Another connection of the same host took this one's place. */
  REPLACED: 4002,
  /** A frame was not the next one that the other end sealed. Either end says so; the reason is the `FrameFault`. */
  FRAME_REFUSED: 4003,
  /** Another machine is connected with this one's certificate, and a person has to decide. Come back after minutes. */
  HELD: 4004,
  /** More was asked for than one connection may ask; the reason names what. Come back after a minute. */
  TOO_MUCH: 4005,
  /** From an agent: it has a new certificate and comes back with it at once. */
  RENEWED: 4010,
} as const;

/** Largest frame either end accepts, in bytes. A hello of a machine with 64 disks is about 12 KiB. */
export const MAX_FRAME_BYTES = 256 * 1024;

const bytes = z.number().int().nonnegative();
const percent = z.number().min(0).max(100);
/** A DNS name of at most 253 characters: RFC 1123 labels, underscores allowed because Windows machines have them. */
export const fqdn = z
  .string()
  .max(253)
  .regex(/^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/)
  .meta({ examples: ['web-01.example.com'] });
export const platform = z.enum(['linux', 'windows', 'macos', 'freebsd', 'openbsd', 'netbsd', 'other']);
export type Platform = z.infer<typeof platform>;
const addresses = z.array(z.union([z.ipv4(), z.ipv6()])).max(64);

/** The first thing a stranger says. `csr` is PEM, PKCS #10 (RFC 2986), self-signed with the key it asks for. */
export const registration = z.object({
  csr: text(4096).meta({ examples: ['-----BEGIN CERTIFICATE REQUEST-----\n…\n-----END CERTIFICATE REQUEST-----\n'] }),
  fqdn,
  platform,
  osName: text(200).meta({ examples: ['Debian GNU/Linux'] }),
  osVersion: text(200).meta({ examples: ['12'] }),
  addresses,
  agentVersion: text(50).meta({ examples: ['1.0.0'] }),
  /**
   * The credential of an enrolment token, base64url of 32 bytes. A secret: sent only to a server whose CA the token
   * pins.
   */
  token: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional()
    .meta({ examples: ['x'.repeat(43)] }),
});
export type Registration = z.infer<typeof registration>;

export const approval = z.enum(['pending', 'conflict', 'approved', 'rejected', 'revoked']);
export type Approval = z.infer<typeof approval>;

/**
 * Proof that the caller holds the registered key: an ECDSA P-256 SHA-256 signature (DER, base64) over
 * `enrolmentProofText(enrolmentId, challenge)`. The challenge came from `agents.register` and expires.
 */
export const enrolmentProof = z.object({ enrolmentId: z.uuid(), challenge: text(200), signature: text(200) });
export type EnrolmentProof = z.infer<typeof enrolmentProof>;

export function enrolmentProofText(enrolmentId: string, challenge: string): string {
  return `sysmanage enrolment proof v1\n${enrolmentId}\n${challenge}`;
}

/** A connected host asks for a certificate for its next key. `csr` as in `registration`. */
export const renewal = z.object({ csr: text(4096) });
export type Renewal = z.infer<typeof renewal>;

/**
 * Part of the answer to `hello`: when to renew, counted from now, so that no clock of the machine's matters. Negative
 * when it is overdue. Each agent takes a moment of its own within the window that begins then.
 */
export interface RenewalTime {
  inSeconds: number;
  withinSeconds: number;
}

/** As Latin, Arabic and CJK keyboards have them, in a class of characters. */
export const TAG_COMMAS = ',،、，';

/** `key` or `key:value`. A comma would be two tags in a form. */
export const TAG = new RegExp(`^[^\\s:${TAG_COMMAS}\\p{Cc}\\p{Surrogate}][^${TAG_COMMAS}\\p{Cc}\\p{Surrogate}]*$`, 'u');
/** Characters of a tag, and tags of a host by whom they are said. */
export const LONGEST_TAG = 100;
export const MOST_TAGS = 50;
export const machineTags = z.array(text(LONGEST_TAG).trim().regex(TAG, mistake('common.input.tag'))).max(MOST_TAGS);

/** What a machine is. Sent once a connection, and again when it changes. Sizes in bytes. */
export const hello = z.object({
  protocol: z.number().int().min(1).max(1000),
  agentVersion: text(50),
  fqdn,
  platform,
  osName: text(200),
  osVersion: text(200),
  kernel: text(200),
  architecture: text(50),
  addresses,
  hardware: z.object({
    manufacturer: text(200),
    model: text(200),
    /** `none` on bare metal, else the hypervisor's or container's name. */
    virtualisation: text(100),
    cpuModel: text(200),
    cpuCores: z.number().int().nonnegative().max(100_000),
    memoryBytes: bytes,
  }),
  /** After 1970: a machine without a clock says so in other ways than by the year 0. */
  bootedAt: z.iso.datetime().refine((at) => Date.parse(at) >= 0, mistake('common.input.wrong')),
  commands: commandAbilities.optional(),
  /** `tags` of its agent.yaml. Absent is none: an agent of before knows none, also where it has come back. */
  tags: machineTags.optional(),
  /** `factsText` of all that it last knew of itself, hashed. Absent until it has looked, and from agents before 0.3. */
  factsDigest: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
});
export type Hello = z.infer<typeof hello>;

const rate = z.number().nonnegative();

/**
 * One measurement of a machine. `null` where the platform does not tell; what came after agents 0.1 is absent then.
 * Rates are a second, over the time since the last sample. Of the processor's time, percentages are of all its cores
 * together.
 */
export const sample = z.object({
  /** By the machine's own clock, which may be wrong. */
  at: z.iso.datetime(),
  cpuPercent: percent.nullable(),
  cpuUserPercent: percent.optional(),
  cpuSystemPercent: percent.optional(),
  /** Idle while a disk was waited for; not in `cpuPercent`. */
  cpuWaitPercent: percent.optional(),
  /** Taken by the hypervisor for others. */
  cpuStealPercent: percent.optional(),
  load1: z.number().nonnegative().nullable(),
  load5: z.number().nonnegative().nullable(),
  load15: z.number().nonnegative().nullable(),
  memoryTotalBytes: bytes,
  memoryUsedBytes: bytes,
  memoryAvailableBytes: bytes.optional(),
  /** What the kernel keeps of files and would give back. */
  memoryCacheBytes: bytes.optional(),
  swapTotalBytes: bytes,
  swapUsedBytes: bytes,
  disks: z
    .array(
      z.object({
        mount: text(500).meta({ examples: ['/'] }),
        filesystem: text(50).meta({ examples: ['ext4'] }),
        totalBytes: bytes,
        usedBytes: bytes,
        /** To those who are not the superuser. Absent from agents before 0.2, as the next. */
        availableBytes: bytes.optional(),
        /** True of a disk that can be written as a rule, and now cannot. */
        isReadOnly: z.boolean().optional(),
        /** How many files it can hold, and how many it holds; absent where it has no such bound. */
        inodesTotal: bytes.optional(),
        inodesUsed: bytes.optional(),
      }),
    )
    .max(64),
  /** Of all disks together. */
  diskReadBytesPerSecond: rate.optional(),
  diskWrittenBytesPerSecond: rate.optional(),
  networkReceivedBytesPerSecond: rate.nullable(),
  networkSentBytesPerSecond: rate.nullable(),
  uptimeSeconds: z.number().int().nonnegative(),
  processes: z.number().int().nonnegative().optional(),
  /** Sessions of people who are logged in. */
  loggedIn: z.number().int().nonnegative().optional(),
  /** Of its hottest thermal zone. */
  temperatureCelsius: z.number().min(-100).max(1000).optional(),
});
export type Sample = z.infer<typeof sample>;

/**
 * What the server tells a connected agent. An agent answers a kind it does not know with `agents.reportError`
 * `unsupported`.
 */
export const inboxItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('settings'), heartbeatSeconds: z.number().min(1).max(3600) }),
  /**
   * Two machines had one key, and this one is to become another: set key and certificate aside, and enrol with a new
   * key.
   */
  z.object({ kind: z.literal('split') }),
  /**
   * The CAs that the server accepts, PEM, when there are several: one follows another, and agents trust it from then
   * on.
   */
  z.object({ kind: z.literal('authorities'), certificates: z.array(text(8192)).min(1).max(8) }),
  /**
   * Somebody wants the certificate renewed now: at a moment of the agent's own within so many seconds. It is said until
   * it is done; `request` tells one request from the next. Absent from servers before 2026-11-30.
   */
  z.object({ kind: z.literal('renew'), withinSeconds: z.number().min(0).max(86_400), request: text(100).optional() }),
  commandsItem,
  cancelItem,
  /**
   * The hash of the configuration that is wanted of the machine. One that it has in force, or has tried and left, is no
   * news; `request` tells that somebody wants it tried again. Since 2026-11-30. `putBack` names keys that are to be
   * taken out of agent.yaml, so that the server's word counts again.
   */
  z.object({
    kind: z.literal('configuration'),
    hash: configurationHash,
    request: text(100).optional(),
    putBack: z.array(text(100)).max(200).optional(),
    /** The document itself, where it is short: it need not be fetched. */
    offered: offeredConfiguration
      .pick({ format: true })
      .extend({ document: z.record(z.string(), z.unknown()) })
      .optional(),
  }),
]);
export type InboxItem = z.infer<typeof inboxItem>;

export const agentError = z.object({ kind: z.enum(['unsupported', 'failed']), message: text(2000) });
