import { z } from 'zod';
import { platform, sample } from '../../agent/protocol';
import { fleetHosts, hostEvents } from '../../db/schema';
import { counted } from '../list/list';
import { agentWords, instant, nextCursor, textLike } from '../rest/schema';

export const hostState = z
  .enum(['up', 'down', 'never', 'pending', 'conflict', 'rejected', 'revoked'])
  .meta({
    id: 'HostState',
    description: '`never`: approved, and not seen since. `conflict`: another host has its name.',
  });
export type HostState = z.infer<typeof hostState>;

export const healthState = z.enum(['ok', 'warning', 'critical']);

/** What lists show of a host. */
export const hostRow = z
  .object({
    id: z.string().meta({ format: 'uuid', examples: ['01890000-0000-7000-8000-000000000000'] }),
    fqdn: textLike('web-01.example.com'),
    reportedFqdn: textLike('shop-01.example.com')
      .nullable()
      .meta({ description: 'What its machine calls itself now, where that is another name.' }),
    platform,
    state: hostState,
    since: instant.meta({ description: 'Since when it is in this state.' }),
    reason: z
      .enum(['closed', 'lost', 'silent', 'protocol', 'server_restart'])
      .nullable()
      .meta({ description: 'Why it is down.' }),
    lastSeen: instant.nullable(),
    addresses: z.array(textLike('192.0.2.7')),
    osName: textLike('Debian GNU/Linux'),
    osVersion: textLike('12'),
    agentVersion: textLike('1.0.0'),
    fingerprintWords: textLike('acid ocean lunar velvet stove picnic').meta({
      description: 'What its own log shows too when nobody stands in between.',
    }),
    registeredAt: instant,
    registeredFrom: textLike('192.0.2.7'),
    certificateExpires: instant.nullable(),
    isCloneSuspected: z
      .boolean()
      .meta({ description: 'Two machines show its certificate, and a person has to decide which of them it is.' }),
    copies: z
      .number()
      .int()
      .meta({ description: 'How many of them are connected now, besides the one that speaks for it.' }),
    renewalRequestedAt: instant
      .nullable()
      .meta({ description: 'Since when a new certificate is wanted of it; null when none is.' }),
    health: z
      .object({
        state: healthState,
        reason: textLike('disk.used_percent:/var above 95')
          .nullable()
          .meta({ description: 'The worst of what is wrong: the rule that says so. Null while it is `ok`.' }),
        since: instant,
      })
      .nullable()
      .meta({
        description: 'By the rules of `/health/rules`. Null until it was measured, and while it is not approved.',
      }),
    tags: z.array(textLike('rack-4')).meta({ description: 'What people say. `PATCH` changes them.' }),
    agentTags: z
      .array(textLike('env:prod'))
      .meta({ description: 'Those that are set on the machine, in its agent.yaml.' }),
    sample: sample.nullable().meta({ description: 'Its latest measurement. Sizes in bytes, rates a second.' }),
    isSampleStale: z
      .boolean()
      .meta({ description: 'It has not measured again for three intervals: `sample` is what it was like then.' }),
  })
  .meta({ id: 'Host' });
export type HostRow = z.infer<typeof hostRow>;

export const feed = textLike('mT0cVxN2b8mJ5i0sW1qk3A').meta({
  description: 'Where a live stream goes on from. Of use to pages only.',
});

export const hostPage = z.object({ hosts: z.array(hostRow), nextCursor, ...counted, feed });

const samplePoint = sample.pick({
  at: true,
  cpuPercent: true,
  load1: true,
  memoryUsedBytes: true,
  swapUsedBytes: true,
  networkReceivedBytesPerSecond: true,
  networkSentBytesPerSecond: true,
});

const hardware = z.object({
  manufacturer: textLike('QEMU'),
  model: textLike('Standard PC'),
  virtualisation: textLike('kvm'),
  cpuModel: textLike('AMD EPYC 7763'),
  cpuCores: z.number(),
  memoryBytes: z.number(),
});

const certificate = z.object({
  serial: textLike('4BD1').meta({ description: 'Hex, as OpenSSL prints it.' }),
  fingerprint: textLike('4b'.repeat(32)).meta({ description: 'SHA-256 of the DER certificate, hex.' }),
  issuedAt: instant,
  notBefore: instant,
  notAfter: instant,
  revokedAt: instant.nullable(),
});

export const hostEvent = z.object({
  id: z.string().meta({ format: 'uuid' }),
  at: instant,
  kind: z.enum(hostEvents.kind.enumValues),
  actor: textLike('admin@example.com').nullable(),
  detail: textLike('192.0.2.7').nullable(),
  said: agentWords,
});

const cloneSide = z.object({
  id: z.string().meta({ format: 'uuid', description: 'Its connection: what a split names it by.' }),
  address: textLike('192.0.2.7'),
  connectedAt: instant,
  isConnected: z.boolean(),
  said: z
    .object({
      fqdn: textLike('web-01.example.com'),
      osName: textLike('Debian GNU/Linux'),
      osVersion: textLike('12'),
      kernel: textLike('6.1.0-28-amd64'),
      agentVersion: textLike('1.0.0'),
      addresses: z.array(textLike('192.0.2.7')),
      bootedAt: instant,
      hardware: hardware.pick({ manufacturer: true, model: true, virtualisation: true }),
    })
    .optional()
    .meta({ description: 'Absent until it has said hello.' }),
});

const clone = z.object({
  suspectedAt: instant,
  seenAt: instant,
  first: cloneSide,
  second: cloneSide,
  others: z.number().int().meta({ description: 'More copies than the second, which a split takes with it.' }),
});

/** Everything one host's page shows. */
export const hostDetail = z
  .object({
    host: hostRow.extend({
      notes: textLike('Rack 4. Ask the web team before a restart.').meta({
        description: 'What people want each other to know of it.',
      }),
      kernel: textLike('6.1.0-28-amd64').nullable(),
      architecture: textLike('x86_64').nullable(),
      hardware: hardware.nullable(),
      bootedAt: instant.nullable(),
      decidedAt: instant.nullable(),
      decidedBy: textLike('admin@example.com')
        .nullable()
        .meta({ description: 'The e-mail of whoever approved, rejected or revoked it.' }),
      fleets: z
        .array(
          z.object({
            id: z.string().meta({ format: 'uuid' }),
            name: textLike('Shop'),
            tags: z.array(textLike('env:prod')).meta({ description: 'What it gives its hosts.' }),
            how: z
              .enum(fleetHosts.how.enumValues)
              .meta({
                description: '`claimed`: by a rule, and by what it says of itself before anybody has let it in.',
              }),
            since: instant,
          }),
        )
        .meta({ description: 'Those that it is in, at most 100, by name.' }),
      fleetTags: z
        .array(textLike('env:prod'))
        .meta({ description: 'What these give it while it is in them. Rules and filters do not read them.' }),
      enrolmentToken: textLike('Rack 4').nullable().meta({ description: 'The name of the one it came with.' }),
    }),
    certificate: certificate.nullable().meta({ description: 'The one it uses.' }),
    clone: clone
      .nullable()
      .meta({ description: 'The two machines that show its certificate, until somebody has decided.' }),
    samples: z.array(samplePoint).meta({ description: 'Oldest first, at most 60.' }),
    events: z.array(hostEvent).meta({ description: 'Latest first, at most 50.' }),
    feed,
  })
  .meta({ id: 'HostDetail' });
export type HostDetail = z.infer<typeof hostDetail>;
