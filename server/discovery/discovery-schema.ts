import { z } from 'zod';
import { instant, textLike } from '../rest/schema';

const times = { firstAt: instant, lastAt: instant };

const beacon = z
  .object({
    id: z.string().meta({ format: 'uuid', description: 'Another with each start of a process.' }),
    machine: textLike('sysmanage-01'),
    state: z.enum(['listening', 'waiting', 'off']),
    fault: textLike('bind EADDRINUSE 0.0.0.0:31337').nullable().meta({ description: 'Why it waits.' }),
    places: z.array(textLike('eth0 192.0.2.10')),
    counts: z
      .record(z.string(), z.number())
      .meta({ description: 'Packets since it started, by what became of them.', examples: [{ answered: 3 }] }),
    startedAt: instant,
    beatAt: instant,
  })
  .meta({ id: 'DiscoveryBeacon' });

const server = z
  .object({
    pin: textLike('3f…').meta({ description: 'SHA-256 of the public key of its CA.' }),
    isOurs: z.boolean().meta({ description: 'Its CA is this server’s.' }),
    hostname: textLike('sysmanage-01'),
    apiPort: z.number().int(),
    address: textLike('192.0.2.10').meta({ description: 'Where it was heard from.' }),
    addresses: z.array(textLike('192.0.2.10')),
    ...times,
  })
  .meta({ id: 'DiscoveryServer' });

const request = z
  .object({
    hostname: textLike('web-01'),
    address: textLike('192.0.2.7'),
    platform: textLike('linux'),
    outcome: z
      .enum(['answered', 'clock'])
      .meta({ description: 'Of the last one. `clock`: no answer, because its clock is more than a minute off.' }),
    aheadSeconds: z.number().int().meta({ description: 'How far its clock was ahead of this server’s.' }),
    asked: z.number().int(),
    ...times,
  })
  .meta({ id: 'DiscoveryRequest' });

export const discovery = z.object({
  isConfigured: z.boolean().meta({ description: 'False: `discovery.enabled` in the configuration switches it off.' }),
  isOn: z.boolean(),
  changedAt: instant.nullable(),
  changedBy: textLike('admin@example.com').nullable(),
  interfaces: z.array(textLike('all')),
  port: z.number().int(),
  announcementPort: z.number().int(),
  beacons: z.array(beacon),
  servers: z.array(server),
  requests: z.array(request).meta({ description: 'The latest 200. What they say of themselves is not verified.' }),
});
